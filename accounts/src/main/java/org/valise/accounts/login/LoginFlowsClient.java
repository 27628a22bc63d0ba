package org.valise.accounts.login;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// Says how to log in. Spec: client-server API, GET /login
public final class LoginFlowsClient implements Endpoint {
    private static final JsonObject FLOWS =
            JsonObject.of(
                    "flows",
                    JsonArray.of(
                            JsonObject.of("type", LoginClient.PASSWORD),
                            JsonObject.of("type", LoginClient.TOKEN, "get_login_token", true)));

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/login")
                .spec("getLoginFlows")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(FLOWS);
    }
}
