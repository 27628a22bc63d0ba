package org.valise.devices.keys;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.ServerName;

import java.util.Map;

/// Gives one-time keys of devices to who wants to talk to them. Spec: client-server API, `POST
/// /keys/claim`.
public final class ClaimKeysClient implements Endpoint {
    private final KeyClaims claims;
    private final ServerName server;

    public ClaimKeysClient(KeyClaims claims, ServerName server) {
        this.claims = claims;
        this.server = server;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/keys/claim")
                .spec("claimKeys")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        WantedKeys<Map<String, String>> wanted =
                WantedKeys.of(body.object("one_time_keys"), server, WantedKeys::algorithms);
        return Reply.json(claims.claim(wanted, WantedKeys.patience(body)));
    }
}
