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

/// Shows a stored filter. Spec: client-server API, GET /user/{userId}/filter/{filterId}
public final class FilterClient implements Endpoint {
    private final Filters filters;

    public FilterClient(Filters filters) {
        this.filters = filters;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/user/{userId}/filter/{filterId}")
                .spec("getFilter")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        return filters.find(DefineFilterClient.user(call), call.path("filterId"))
                .map(filter -> Reply.json(filter.json()))
                .orElseThrow(() ->
                        new MatrixException(ErrorCode.M_NOT_FOUND, "There is no such filter"));
    }
}
