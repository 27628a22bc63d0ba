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

import java.util.List;

/// Tells which devices users have, and their keys. Spec: client-server API, `POST /keys/query`.
public final class QueryKeysClient implements Endpoint {
    private final KeyQuery query;
    private final ServerName server;

    public QueryKeysClient(KeyQuery query, ServerName server) {
        this.query = query;
        this.server = server;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/keys/query")
                .spec("queryKeys")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        WantedKeys<List<String>> wanted =
                WantedKeys.of(body.object("device_keys"), server, WantedKeys::devices);
        return Reply.json(query.answer(call.caller(), wanted, WantedKeys.patience(body)));
    }
}
