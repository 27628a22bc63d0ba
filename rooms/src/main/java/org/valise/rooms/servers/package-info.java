/// Which servers are in which room.
///
/// Spec: server-server API, "PDUs" (who gets them), "Server Access Control Lists (ACLs)". Start
/// reading at [RoomServers]; the lane counts the members of each server in its commits
/// (`members.ServerMemberStore`).
///
/// Tables used: `rooms.server_members`. Invariant: what [RoomServers] says holds every change up to
/// the stream's applied position at that moment; it may hold later ones.
@NullMarked
package org.valise.rooms.servers;

import org.jspecify.annotations.NullMarked;
