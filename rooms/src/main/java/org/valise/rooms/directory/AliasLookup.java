package org.valise.rooms.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.federation.client.FederationUri;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomAlias;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.timeline.RoomStore;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/// Finds where an alias leads: the server of its domain knows.
///
/// Spec: server-server API, `GET /query/directory`.
public final class AliasLookup {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long MOST_BYTES = 256 * 1024;

    /// SECURITY: whoever answers could name any number of servers to be asked.
    private static final int MOST_SERVERS = 50;

    private static final int CACHED = 10_000;

    private final AliasStore store;
    private final RoomStore rooms;
    private final LongFunction<List<ServerName>> residents;
    private final ServerName server;
    private final FederationClient client;

    /// What other servers said, for a little while: "Servers may wish to cache the response".
    private final Cache<RoomAlias, Found> remote =
            Caffeine.newBuilder()
                    .maximumSize(CACHED)
                    .expireAfterWrite(Duration.ofMinutes(1))
                    .build();

    /// @param residents the servers that are in a room, by its number
    /// @param server this one
    public AliasLookup(
            AliasStore store,
            RoomStore rooms,
            LongFunction<List<ServerName>> residents,
            ServerName server,
            FederationClient client) {
        this.store = store;
        this.rooms = rooms;
        this.residents = residents;
        this.server = server;
        this.client = client;
    }

    /// Where an alias leads.
    ///
    /// @param servers that are likely to be in the room
    public record Found(RoomId room, List<ServerName> servers) {
        JsonObject json() {
            return JsonObject.of(
                    "room_id",
                    room.value(),
                    "servers",
                    JsonArray.of(servers.stream().map(ServerName::value).toList()));
        }
    }

    /// Blocks while another server is asked, for a bounded time.
    ///
    /// @throws MatrixException 404 if it leads nowhere, or if nobody says where
    public Found find(RoomAlias alias) {
        return tryFind(alias)
                .orElseThrow(() ->
                        new MatrixException(
                                ErrorCode.M_NOT_FOUND, "Room alias " + alias + " not found"));
    }

    /// The same; empty if it leads nowhere, or if nobody says where.
    public Optional<Found> tryFind(RoomAlias alias) {
        if (alias.server().equals(server)) {
            return own(alias);
        }
        Found known = remote.getIfPresent(alias);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Found> found = asked(alias);
        found.ifPresent(each -> remote.put(alias, each));
        return found;
    }

    /// Where an alias of this server leads.
    Optional<Found> own(RoomAlias alias) {
        return store.find(alias)
                .map(target ->
                        new Found(
                                rooms.get(target.room()).id(),
                                Stream.concat(
                                                Stream.of(server),
                                                residents.apply(target.room()).stream())
                                        .distinct()
                                        .limit(MOST_SERVERS)
                                        .toList()));
    }

    private Optional<Found> asked(RoomAlias alias) {
        FederationUri uri =
                FederationUri.of("/_matrix/federation/v1/query/directory")
                        .query("room_alias", alias.value());
        try {
            JsonObject answer =
                    client.send(
                            FederationRequest.get(alias.server(), uri.toString())
                                    .within(TIMEOUT)
                                    .atMost(MOST_BYTES));
            return answer.string("room_id")
                    .flatMap(RoomId::tryParse)
                    .map(room -> new Found(room, servers(answer, alias)));
        } catch (FederationException e) {
            return Optional.empty();
        }
    }

    /// "This list may or may not include the server answering the query."
    private static List<ServerName> servers(JsonObject answer, RoomAlias alias) {
        return Stream.concat(
                        answer.array("servers").orElse(JsonArray.of()).strings().stream()
                                .flatMap(name -> ServerName.tryParse(name).stream()),
                        Stream.of(alias.server()))
                .distinct()
                .limit(MOST_SERVERS)
                .toList();
    }
}
