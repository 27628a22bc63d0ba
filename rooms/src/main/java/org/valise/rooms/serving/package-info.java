/// What other servers read of rooms: their past, single events, states and auth chains.
///
/// Spec: server-server API, "Backfilling and retrieving missing events", "Retrieving events",
/// "Retrieving event authorisation information". Start reading at [AskedRooms], which every
/// operation here asks first.
///
/// Invariants: a server that is not in a room, or is kept out by its access control list, learns
/// nothing of it, not even whether it is known here; nor does anybody when no user of this server
/// is in the room any more. What a server's users could not see it is given redacted. Whatever is
/// as large as a room is made while it is sent.
@NullMarked
package org.valise.rooms.serving;

import org.jspecify.annotations.NullMarked;
