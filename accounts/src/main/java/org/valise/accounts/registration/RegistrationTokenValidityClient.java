package org.valise.accounts.registration;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;

/// Says whether a registration token would be taken. Spec: client-server API, GET
/// /register/m.login.registration_token/validity
public final class RegistrationTokenValidityClient implements Endpoint {
    private final RegistrationTokens tokens;

    public RegistrationTokenValidityClient(RegistrationTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public Route route() {
        // *Servers should be sure to rate limit this endpoint to avoid brute force attacks.*
        return Route.get("/_matrix/client/v1/register/m.login.registration_token/validity")
                .spec("registrationTokenValidity")
                .auth(Auth.NONE)
                .limit(RateLimit.REGISTER);
    }

    @Override
    public Reply handle(Call call) {
        String token =
                call.query("token")
                        .orElseThrow(() ->
                                new MatrixException(
                                                ErrorCode.M_MISSING_PARAM,
                                                "Missing query parameter: token")
                                        .status(400));
        return Reply.json(JsonObject.of("valid", tokens.isValid(token)));
    }
}
