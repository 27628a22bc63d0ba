package org.valise.rooms.policyservers;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

/// Tells other servers that this one is no policy server. Spec: server-server API, `POST
/// /_matrix/policy/v1/sign`.
public final class AskToSignFederation implements Endpoint {
    @Override
    public Route route() {
        return Route.post("/_matrix/policy/v1/sign")
                .spec("askPolicyServerToSign")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    /// "`M_UNRECOGNIZED` - The server is not a Policy Server."
    @Override
    public Reply handle(Call call) {
        throw new MatrixException(ErrorCode.M_UNRECOGNIZED, "This server is no policy server")
                .status(404);
    }
}
