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

/// Says whether a username is free. Spec: client-server API, GET /register/available
public final class UsernameAvailableClient implements Endpoint {
    private final Registration registration;

    public UsernameAvailableClient(Registration registration) {
        this.registration = registration;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/register/available")
                .spec("checkUsernameAvailability")
                .auth(Auth.NONE)
                .limit(RateLimit.USERNAME_AVAILABLE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        String username =
                call.query("username")
                        .orElseThrow(() ->
                                new MatrixException(
                                                ErrorCode.M_MISSING_PARAM,
                                                "Missing query parameter: username")
                                        .status(400));
        registration.available(username);
        return Reply.json(JsonObject.of("available", true));
    }
}
