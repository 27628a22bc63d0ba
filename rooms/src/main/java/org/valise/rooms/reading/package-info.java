/// Reading rooms: single events, history, state and members.
///
/// Spec: client-server API, "Getting events for a room", "Room previews", "Event context". Start
/// reading at [RoomAccess], which says who reads what as of which position, then [RoomHistory];
/// [FilledHistory] has gaps filled where a reader gets to one.
///
/// Invariants: whoever may not read a room learns nothing of it, not even whether it exists;
/// whoever left reads it as of leaving.
@NullMarked
package org.valise.rooms.reading;

import org.jspecify.annotations.NullMarked;
