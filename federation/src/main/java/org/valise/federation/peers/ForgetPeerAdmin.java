package org.valise.federation.peers;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerPattern;

/// Takes a rule back. What it allowed is refused again, unless something else allows it.
final class ForgetPeerAdmin implements Endpoint {
    private final Peers peers;

    ForgetPeerAdmin(Peers peers) {
        this.peers = peers;
    }

    @Override
    public Route route() {
        return Route.delete("/_valise/admin/v1/federation/peers/{pattern}")
                .extension("forgetPeer")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.ADMIN);
    }

    @Override
    public Reply handle(Call call) {
        call.caller().requireAdministrator();
        ServerPattern pattern = call.path("pattern", ServerPattern::ofHosts);
        if (!peers.forget(pattern, call.caller().user().value())) {
            throw new MatrixException(ErrorCode.M_NOT_FOUND, "There is no rule for " + pattern);
        }
        return Reply.empty();
    }
}
