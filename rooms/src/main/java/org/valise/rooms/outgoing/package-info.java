/// What of rooms goes to other servers: events, and who is typing, has read and is there.
///
/// Spec: server-server API, "PDUs", "Typing Notifications", "Receipts", "Presence". Start reading
/// at [OutgoingEvents], which tells the outbox what is new and what a server lacks that was away.
///
/// Invariants: an event goes to the servers that were in the room before or after it; only events
/// that were made here, or by another server through this one, go out; private receipts never do.
@NullMarked
package org.valise.rooms.outgoing;

import org.jspecify.annotations.NullMarked;
