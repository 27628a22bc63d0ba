package org.valise.federation.keys;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// The keys of several other servers, vouched for by this one.
final class QueryManyKeysFederation implements Endpoint {
    /// SECURITY: each may cost a request to another server.
    private static final int MOST_SERVERS = 100;

    private final KeyNotary notary;
    private final Clock clock;

    QueryManyKeysFederation(KeyNotary notary, Clock clock) {
        this.notary = notary;
        this.clock = clock;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/key/v2/query")
                .spec("bulkPerspectivesKeyQuery")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        JsonObject asked = call.body().object("server_keys");
        if (asked.size() > MOST_SERVERS) {
            throw invalid("at most " + MOST_SERVERS + " servers may be asked for at once");
        }
        Map<ServerName, Instant> wanted = new HashMap<>();
        asked.forEach((server, criteria) ->
                wanted.put(
                        ServerName.tryParse(server)
                                .orElseThrow(() -> invalid("not a server name in server_keys")),
                        until(criteria)));
        return Reply.json(JsonObject.of("server_keys", notary.answer(wanted)));
    }

    /// The latest of the times that stand with the keys: a server answers for all its keys at once.
    private Instant until(JsonValue criteria) {
        if (!(criteria instanceof JsonObject keys)) {
            throw new MatrixException(
                            ErrorCode.M_BAD_JSON, "server_keys holds objects by server name")
                    .status(400);
        }
        return keys.keys().stream()
                .flatMap(key -> keys.object(key).stream())
                .flatMap(criterion -> criterion.integer("minimum_valid_until_ts").stream())
                .map(Instant::ofEpochMilli)
                .max(Instant::compareTo)
                .orElseGet(clock::instant);
    }

    private static MatrixException invalid(String detail) {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, detail).status(400);
    }
}
