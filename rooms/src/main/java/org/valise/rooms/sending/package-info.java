/// Sending events into rooms.
///
/// Spec: client-server API, "Sending events to a room", "Redactions". A send is read from
/// [SendEventClient] over [EventSender] into the room's lane.
@NullMarked
package org.valise.rooms.sending;

import org.jspecify.annotations.NullMarked;
