package org.valise.accounts.openid;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

/// Gives the caller a token with which another service can ask who they are. Spec: client-server
/// API, POST /user/{userId}/openid/request_token
public final class RequestOpenIdTokenClient implements Endpoint {
    private final OpenIdTokens tokens;

    public RequestOpenIdTokenClient(OpenIdTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/user/{userId}/openid/request_token")
                .spec("requestOpenIdToken")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        UserId user = call.caller().user();
        if (!call.path("userId", UserId::parse).equals(user)) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "You can prove to be nobody but yourself");
        }
        call.bodyOrEmpty();
        return Reply.json(
                JsonObject.of(
                        "access_token",
                        tokens.create(call.caller().userNumber()).value(),
                        "token_type",
                        "Bearer",
                        "matrix_server_name",
                        user.server().value(),
                        "expires_in",
                        OpenIdTokens.LIFETIME.toSeconds()));
    }
}
