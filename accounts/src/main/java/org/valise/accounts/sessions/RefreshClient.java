package org.valise.accounts.sessions;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonObject;

/// Gives a session new tokens. Spec: client-server API, POST /refresh
public final class RefreshClient implements Endpoint {
    private final Sessions sessions;

    public RefreshClient(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/refresh")
                .spec("refresh")
                .auth(Auth.NONE)
                .limit(RateLimit.REFRESH)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        OpenedSession refreshed = sessions.refresh(call.body().string("refresh_token"));
        return Reply.json(refreshed.tellTokens(JsonObject.builder()).build());
    }
}
