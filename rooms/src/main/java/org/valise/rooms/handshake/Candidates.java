package org.valise.rooms.handshake;

import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;

/// Which servers may help a user with a room that this one is not in.
final class Candidates {
    /// SECURITY: a client, or whoever answers for an alias, could name any number.
    private static final int MOST = 10;

    private final ServerName own;
    private final Function<RoomId, List<ServerName>> known;
    private final BiFunction<UserId, RoomId, List<ServerName>> inviting;

    /// @param known the other servers that were in a room when this one last knew
    /// @param inviting the servers that have invited a user to a room
    Candidates(
            ServerName own,
            Function<RoomId, List<ServerName>> known,
            BiFunction<UserId, RoomId, List<ServerName>> inviting) {
        this.own = own;
        this.known = known;
        this.inviting = inviting;
    }

    /// The likeliest first. "The servers to attempt to join the room through" are those who are
    /// named, and whoever has invited the user; others are asked only if nobody is named but this
    /// one.
    ///
    /// @param through what was said about it
    List<ServerName> of(UserId user, RoomId room, List<ServerName> through) {
        List<ServerName> named = through.stream().filter(server -> !server.equals(own)).toList();
        Stream<ServerName> others =
                named.isEmpty()
                        ? Stream.concat(known.apply(room).stream(), room.originServer().stream())
                        : Stream.empty();
        return Stream.of(named.stream(), inviting.apply(user, room).stream(), others)
                .flatMap(each -> each)
                .filter(server -> !server.equals(own))
                .distinct()
                .limit(MOST)
                .toList();
    }
}
