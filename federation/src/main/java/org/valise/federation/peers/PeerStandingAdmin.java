package org.valise.federation.peers;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

/// Says whether a server may federate with this one.
final class PeerStandingAdmin implements Endpoint {
    private final Peers peers;

    PeerStandingAdmin(Peers peers) {
        this.peers = peers;
    }

    @Override
    public Route route() {
        return Route.get("/_valise/admin/v1/federation/servers/{serverName}")
                .extension("getPeer")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.ADMIN);
    }

    @Override
    public Reply handle(Call call) {
        call.caller().requireAdministrator();
        ServerName server = call.path("serverName", ServerName::parse);
        return Reply.json(
                JsonObject.of("server_name", server.value(), "allowed", peers.allows(server)));
    }
}
