package org.valise.rooms.summaries;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.federation.client.FederationUri;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What other servers tell of rooms that nobody here is in. Spec: server-server API, `GET
/// /hierarchy/{roomId}`: "responses to this endpoint should be cached for a period of time".
public final class RemoteRooms {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long MOST_BYTES = 1L << 20;
    private static final long CACHED_BYTES = 16L << 20;
    private static final int MAX_CHILDREN = 1_000;
    private static final int OVERHEAD_BYTES = 300;

    /// SECURITY: whoever makes a space, or asks for a room, names servers as they like.
    private static final int ASKED_FOR_A_ROOM = 3;

    /// Of `RoomSummary`.
    private static final List<String> SUMMARY =
            List.of(
                    "allowed_room_ids",
                    "avatar_url",
                    "canonical_alias",
                    "encryption",
                    "guest_can_join",
                    "join_rule",
                    "name",
                    "num_joined_members",
                    "room_id",
                    "room_type",
                    "room_version",
                    "topic",
                    "world_readable");

    private final FederationClient client;
    private final ServerName own;

    /// What a server said of a room, or that it said nothing. SECURITY: nobody's word counts for
    /// somebody else's.
    private final Cache<Key, Said> said =
            Caffeine.newBuilder()
                    .maximumWeight(CACHED_BYTES)
                    .weigher((Key key, Said answer) -> answer.bytes)
                    .expireAfterWrite(Duration.ofMinutes(5))
                    .build();

    private record Key(RoomId room, ServerName server) {}

    /// @param bytes about how many it takes
    private record Said(@Nullable RemoteRoom room, int bytes) {
        static final Said NOTHING = new Said(null, OVERHEAD_BYTES);

        static Said of(RemoteRoom room) {
            int bytes = 2 * room.content().toString().length() + OVERHEAD_BYTES;
            for (JsonObject link : room.links()) {
                bytes += 2 * link.toString().length();
            }
            return new Said(room, bytes);
        }
    }

    /// @param own this server's name
    public RemoteRooms(FederationClient client, ServerName own) {
        this.client = client;
        this.own = own;
    }

    /// A room as another server tells of it.
    ///
    /// @param content its summary
    /// @param links its `m.space.child` events: stripped, with `origin_server_ts`
    /// @param complete whether its links are known
    public record RemoteRoom(
            RoomId id, JsonObject content, List<JsonObject> links, boolean complete) {
        boolean isSpace() {
            return content.string("room_type").equals(Optional.of("m.space"));
        }

        /// The rooms whose members may join it.
        public List<RoomId> allowed() {
            return content.array("allowed_room_ids").orElse(JsonArray.of()).strings().stream()
                    .flatMap(room -> RoomId.tryParse(room).stream())
                    .toList();
        }
    }

    /// For one request of a client.
    ///
    /// @param requests how many others it may cost
    /// @param within how long it may take
    public Asking asking(int requests, Duration within) {
        return new Asking(requests, System.nanoTime() + within.toNanos());
    }

    /// What one request of a client may still cost.
    public final class Asking {
        private final long until;
        private int left;

        private Asking(int requests, long until) {
            this.left = requests;
            this.until = until;
        }

        /// Blocks while servers are asked in turn.
        ///
        /// @param via who may know of the room
        public Optional<RemoteRoom> find(RoomId room, Collection<ServerName> via) {
            List<ServerName> servers =
                    via.stream()
                            .filter(server -> !server.equals(own))
                            .distinct()
                            .limit(ASKED_FOR_A_ROOM)
                            .toList();
            for (ServerName server : servers) {
                RemoteRoom known = known(room, server);
                if (known != null) {
                    return Optional.of(known);
                }
            }
            for (ServerName server : servers) {
                if (said.getIfPresent(new Key(room, server)) != Said.NOTHING && mayAsk()) {
                    ask(room, server);
                    RemoteRoom found = known(room, server);
                    if (found != null) {
                        return Optional.of(found);
                    }
                }
            }
            return Optional.empty();
        }

        private boolean mayAsk() {
            return left-- > 0 && System.nanoTime() < until;
        }
    }

    private @Nullable RemoteRoom known(RoomId room, ServerName server) {
        Said answer = said.getIfPresent(new Key(room, server));
        RemoteRoom known = answer == null ? null : answer.room;
        return known != null && (known.complete() || !known.isSpace()) ? known : null;
    }

    /// A refusal is not remembered: it may be told in a moment, when the other server has learned
    /// that somebody here is in a room that lets them in.
    private void ask(RoomId room, ServerName server) {
        asked(room, server)
                .ifPresent(answer -> {
                    Optional<RemoteRoom> told =
                            answer.object("room")
                                    .flatMap(summary -> read(summary, true))
                                    .filter(found -> found.id().equals(room));
                    said.put(new Key(room, server), told.map(Said::of).orElse(Said.NOTHING));
                    noteChildren(answer, server);
                });
    }

    private Optional<JsonObject> asked(RoomId room, ServerName server) {
        FederationUri uri = FederationUri.of("/_matrix/federation/v1/hierarchy", room.value());
        try {
            return Optional.of(
                    client.send(
                            FederationRequest.get(server, uri.toString())
                                    .within(TIMEOUT)
                                    .atMost(MOST_BYTES)));
        } catch (FederationException e) {
            return Optional.empty();
        }
    }

    private void noteChildren(JsonObject answer, ServerName server) {
        answer.array("children").orElse(JsonArray.of()).objects().stream()
                .limit(MAX_CHILDREN)
                .flatMap(summary -> read(summary, false).stream())
                .forEach(child ->
                        said.asMap().putIfAbsent(new Key(child.id(), server), Said.of(child)));
        // "They should not be re-requested."
        answer.array("inaccessible_children").orElse(JsonArray.of()).strings().stream()
                .limit(MAX_CHILDREN)
                .flatMap(id -> RoomId.tryParse(id).stream())
                .forEach(child -> said.asMap().putIfAbsent(new Key(child, server), Said.NOTHING));
    }

    private static Optional<RemoteRoom> read(JsonObject summary, boolean complete) {
        JsonObject content =
                summary.keep(SUMMARY::contains)
                        .with(
                                "num_joined_members",
                                summary.integer("num_joined_members").orElse(0L))
                        .with("world_readable", summary.bool("world_readable").orElse(false))
                        .with("guest_can_join", summary.bool("guest_can_join").orElse(false));
        List<JsonObject> links =
                complete
                        ? summary.array("children_state").orElse(JsonArray.of()).objects().stream()
                                .limit(MAX_CHILDREN)
                                .toList()
                        : List.of();
        return summary.string("room_id")
                .flatMap(RoomId::tryParse)
                .map(id -> new RemoteRoom(id, content, links, complete));
    }
}
