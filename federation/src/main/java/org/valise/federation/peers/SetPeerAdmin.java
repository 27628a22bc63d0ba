package org.valise.federation.peers;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.ServerPattern;

/// Lets servers in, or refuses them: `{"allowed": true}` or `false`. A denial goes before every
/// permission. It holds at once, on all nodes.
final class SetPeerAdmin implements Endpoint {
    private final Peers peers;

    SetPeerAdmin(Peers peers) {
        this.peers = peers;
    }

    @Override
    public Route route() {
        return Route.put("/_valise/admin/v1/federation/peers/{pattern}")
                .extension("setPeer")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.ADMIN);
    }

    @Override
    public Reply handle(Call call) {
        call.caller().requireAdministrator();
        ServerPattern pattern = call.path("pattern", ServerPattern::ofHosts);
        boolean allowed = call.body().bool("allowed");
        String by = call.caller().user().value();
        if (allowed) {
            peers.allow(pattern, by);
        } else {
            peers.deny(pattern, by);
        }
        return Reply.empty();
    }
}
