package org.valise.federation.keys;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// The keys of this server, for anybody.
final class ServerKeysFederation implements Endpoint {
    private final OwnStatement statement;

    ServerKeysFederation(OwnStatement statement) {
        this.statement = statement;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/key/v2/server")
                .spec("getServerKey")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(statement.signed());
    }
}
