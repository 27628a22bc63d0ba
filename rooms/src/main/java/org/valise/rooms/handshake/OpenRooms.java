package org.valise.rooms.handshake;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;

/// The rooms into which this server can help another one.
final class OpenRooms {
    private final RoomStore rooms;
    private final RoomServers servers;

    OpenRooms(RoomStore rooms, RoomServers servers) {
        this.rooms = rooms;
        this.servers = servers;
    }

    /// @throws MatrixException 404 if this server is not in the room, 403 if the room's ACL does
    ///   not permit the other one
    RoomRef room(RoomId id, ServerName origin) {
        RoomRef room =
                rooms.find(id)
                        .filter(known -> servers.isHere(known.number()))
                        .orElseThrow(() ->
                                new MatrixException(ErrorCode.M_NOT_FOUND, "Unknown room " + id));
        if (!servers.allowed(room.number(), origin)) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "The room does not permit your server to take part");
        }
        return room;
    }
}
