package org.valise.devices.keys;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.ServerName;

/// Gives one-time keys of local users' devices to another server. Spec: server-server API, `POST
/// /user/keys/claim`.
public final class ClaimUserKeysFederation implements Endpoint {
    private final KeyClaims claims;
    private final ServerName server;

    public ClaimUserKeysFederation(KeyClaims claims, ServerName server) {
        this.claims = claims;
        this.server = server;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/federation/v1/user/keys/claim")
                .spec("claimUserEncryptionKeys")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        var wanted =
                WantedKeys.of(call.body().object("one_time_keys"), server, WantedKeys::algorithms);
        return Reply.json(claims.claimForServer(wanted.localOnly()));
    }
}
