package org.valise.rooms.handshake;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.members.Residence;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;

/// The rooms into which this server can help another one.
final class OpenRooms {
    private final RoomStore rooms;
    private final Residence residence;

    OpenRooms(RoomStore rooms, Residence residence) {
        this.rooms = rooms;
        this.residence = residence;
    }

    /// @throws MatrixException 404 if this server is not in the room, 403 if the room's ACL does
    ///   not permit the other one
    RoomRef room(RoomId id, ServerName origin) {
        return rooms.find(id)
                .filter(residence::isIn)
                .orElseThrow(
                        () -> new MatrixException(ErrorCode.M_NOT_FOUND, "Unknown room " + id));
    }
}
