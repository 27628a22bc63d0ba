package org.valise.accounts.openid;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;

/// Says whose OpenID token it is. Spec: server-server API, GET /openid/userinfo
public final class UserInfoFederation implements Endpoint {
    private final OpenIdTokens tokens;

    public UserInfoFederation(OpenIdTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/openid/userinfo")
                .spec("exchangeOpenIdToken")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        return tokens.user(call.requiredQuery("access_token"))
                .map(user -> Reply.json(JsonObject.of("sub", user.value())))
                .orElseThrow(() ->
                        new MatrixException(
                                        ErrorCode.M_UNKNOWN_TOKEN,
                                        "This token is not, or no longer, valid")
                                .status(401));
    }
}
