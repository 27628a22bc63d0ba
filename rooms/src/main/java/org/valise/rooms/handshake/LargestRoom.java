package org.valise.rooms.handshake;

import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.summaries.RemoteRooms;

import java.time.Duration;
import java.util.List;

/// How large a room of other servers may be for users of this one to join it.
///
/// The specification has no way to ask for the size of a room's state. But each member is a state
/// event, and their number is told of rooms that one may join: where the operator has chosen a
/// limit, a room that has more members is not even asked to let the user in. What that does not
/// tell is noticed while the state comes in.
///
/// @param events how many state events it may have
/// @param asked whether its size is asked for beforehand
record LargestRoom(RemoteRooms elsewhere, int events, boolean asked) {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    void check(ServerName server, RoomId room) throws HandshakeFailure {
        if (asked && members(server, room) > events) {
            throw new RoomTooLarge(events).refusal();
        }
    }

    private long members(ServerName server, RoomId room) {
        return elsewhere
                .asking(1, PATIENCE)
                .find(room, List.of(server))
                .flatMap(told -> told.content().integer("num_joined_members"))
                .orElse(0L);
    }
}
