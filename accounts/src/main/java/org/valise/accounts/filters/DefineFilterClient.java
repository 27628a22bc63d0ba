package org.valise.accounts.filters;

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

/// Stores a filter. Spec: client-server API, POST /user/{userId}/filter
public final class DefineFilterClient implements Endpoint {
    private static final int MAX_BODY = 64 << 10;

    private final Filters filters;

    public DefineFilterClient(Filters filters) {
        this.filters = filters;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/user/{userId}/filter")
                .spec("defineFilter")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .maxBody(MAX_BODY)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(JsonObject.of("filter_id", filters.define(user(call), call.jsonBody())));
    }

    /// The caller, whose filters the path must be about.
    static long user(Call call) {
        if (!call.path("userId", UserId::parse).equals(call.caller().user())) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "Filters are only for the user they belong to");
        }
        return call.caller().userNumber();
    }
}
