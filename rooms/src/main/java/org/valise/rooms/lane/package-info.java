/// A room is a lane: one writer at a time on this node, with what it needs in memory.
///
/// Spec: server-server API, "PDUs" and "Authorization rules"; room versions. [Lanes#write] runs a
/// [RoomWrite] with the [RoomWriter] of the room, the right to write it; what it appended goes to
/// the ordered commit as one [RoomUnit]. Lane memory runs ahead of the database: when a commit
/// fails, the lane is loaded anew and what built on it is done again. The lane never waits for the
/// network.
///
/// PostgreSQL is the fence: `rooms.head` has one row a (room, version), so of two nodes that write
/// the same room one is refused, loads what it missed, and tries again.
@NullMarked
package org.valise.rooms.lane;

import org.jspecify.annotations.NullMarked;
