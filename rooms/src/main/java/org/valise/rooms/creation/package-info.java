/// Making rooms.
///
/// Spec: client-server API, "Creation". [RoomPlan] reads the request into the list of events to
/// send, in the specification's order; [RoomCreator] sends them in one commit.
@NullMarked
package org.valise.rooms.creation;

import org.jspecify.annotations.NullMarked;
