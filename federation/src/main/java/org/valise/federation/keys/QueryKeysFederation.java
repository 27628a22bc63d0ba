package org.valise.federation.keys;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.time.Clock;
import java.time.Instant;
import java.util.Map;

/// The keys of another server, vouched for by this one.
final class QueryKeysFederation implements Endpoint {
    private final KeyNotary notary;
    private final Clock clock;

    QueryKeysFederation(KeyNotary notary, Clock clock) {
        this.notary = notary;
        this.clock = clock;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/key/v2/query/{serverName}")
                .spec("perspectivesKeyQuery")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        ServerName server = call.path("serverName", ServerName::parse);
        // "If not supplied, the notary server MUST use the current time."
        Instant until =
                call.integerQuery("minimum_valid_until_ts")
                        .map(Instant::ofEpochMilli)
                        .orElseGet(clock::instant);
        return Reply.json(JsonObject.of("server_keys", notary.answer(Map.of(server, until))));
    }
}
