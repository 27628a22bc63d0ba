package org.valise.rooms.serving;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

/// Queries of other types than those that have operations of their own: there are none. Spec:
/// server-server API, `GET /query/{queryType}`, "Unsupported endpoints".
public final class QueryFederation implements Endpoint {
    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/query/{queryType}")
                .spec("queryInfo")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        throw new MatrixException(ErrorCode.M_UNRECOGNIZED, "There are no such queries")
                .status(404);
    }
}
