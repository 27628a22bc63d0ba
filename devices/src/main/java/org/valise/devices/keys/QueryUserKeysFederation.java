package org.valise.devices.keys;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.ServerName;

/// Tells another server which devices local users have, and their keys. Spec: server-server API,
/// `POST /user/keys/query`.
public final class QueryUserKeysFederation implements Endpoint {
    private final KeyQuery query;
    private final ServerName server;

    public QueryUserKeysFederation(KeyQuery query, ServerName server) {
        this.query = query;
        this.server = server;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/federation/v1/user/keys/query")
                .spec("queryUserEncryptionKeys")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        var wanted = WantedKeys.of(call.body().object("device_keys"), server, WantedKeys::devices);
        return Reply.json(query.answerServer(wanted.localOnly()));
    }
}
