package org.valise.rooms.invites;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.RoomStore;

/// Whether the ACL of a room in which this server is lets another one invite.
///
/// Spec: client-server API, "Server Access Control Lists (ACLs) for rooms".
record AclCheck(RoomStore rooms, RoomServers servers, ServerName own) {
    /// @throws MatrixException `M_FORBIDDEN`
    void require(RoomId room, ServerName origin) {
        boolean barred =
                rooms.find(room)
                        .filter(known -> servers.isIn(known.number(), own))
                        .filter(known -> !servers.allowed(known.number(), origin))
                        .isPresent();
        if (barred) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "Your server may not take part in the room");
        }
    }
}
