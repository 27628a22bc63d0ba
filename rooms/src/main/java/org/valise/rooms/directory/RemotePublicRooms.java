package org.valise.rooms.directory;

import org.jspecify.annotations.Nullable;
import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.federation.client.FederationUri;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.List;

/// Reads the directories of other servers. Spec: server-server API, "Published Room Directory".
final class RemotePublicRooms {
    private static final String URI = "/_matrix/federation/v1/publicRooms";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final long MOST_BYTES = 4L << 20;

    private final FederationClient client;

    RemotePublicRooms(FederationClient client) {
        this.client = client;
    }

    /// @throws MatrixException if it does not answer
    JsonObject list(ServerName server, @Nullable String since, @Nullable Long limit) {
        FederationUri uri = FederationUri.of(URI);
        if (since != null) {
            uri.query("since", since);
        }
        if (limit != null) {
            uri.query("limit", limit.toString());
        }
        return asked(FederationRequest.get(server, uri.toString()));
    }

    /// @param body as a client of this server gave it: it is the same between servers
    /// @throws MatrixException if it does not answer
    JsonObject search(ServerName server, JsonObject body) {
        return asked(
                FederationRequest.post(
                        server,
                        URI,
                        body.keep(
                                List.of(
                                                "filter",
                                                "include_all_networks",
                                                "limit",
                                                "since",
                                                "third_party_instance_id")
                                        ::contains)));
    }

    private JsonObject asked(FederationRequest request) {
        try {
            JsonObject answer = client.send(request.within(TIMEOUT).atMost(MOST_BYTES));
            JsonArray chunk = answer.array("chunk").orElse(JsonArray.of());
            return answer.keep(
                            List.of("next_batch", "prev_batch", "total_room_count_estimate")
                                    ::contains)
                    .with("chunk", chunk);
        } catch (FederationException e) {
            throw e.forClient();
        }
    }
}
