package org.valise.rooms.handshake;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.rooms.members.NotInRoom;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Asks one server after the other until one helps.
final class ServerQueue {
    /// After so long no further server is asked: somebody waits.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Candidates candidates;
    private final Clock clock;

    ServerQueue(Candidates candidates, Clock clock) {
        this.candidates = candidates;
        this.clock = clock;
    }

    /// What is done with one server.
    @FunctionalInterface
    interface Attempt {
        void with(ServerName server) throws HandshakeFailure;
    }

    /// @param through what was said about who may be in the room
    /// @throws org.valise.protocol.error.MatrixException what the server said whose failure says
    ///   most; 403 if there is none to ask
    void ask(UserId user, RoomId room, List<ServerName> through, Attempt attempt) {
        Instant end = clock.instant().plus(PATIENCE);
        HandshakeFailure failure = null;
        for (ServerName server : candidates.of(user, room, through)) {
            if (clock.instant().isAfter(end)) {
                break;
            }
            try {
                attempt.with(server);
                return;
            } catch (HandshakeFailure e) {
                failure = telling(failure, e);
                if (e.isFinal()) {
                    break;
                }
            }
        }
        // SECURITY: the same as for a room of this server that the user may not join.
        throw failure == null ? NotInRoom.notInvited(user) : failure.forClient();
    }

    private static HandshakeFailure telling(
            @Nullable HandshakeFailure before, HandshakeFailure now) {
        return before == null || now.saysMoreThan(before) ? now : before;
    }
}
