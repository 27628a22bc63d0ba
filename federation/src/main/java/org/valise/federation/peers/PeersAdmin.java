package org.valise.federation.peers;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.ServerPattern;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// Lists who may federate: what the configuration allows, and the rules that administrators made,
/// by pattern: `from` (what `next` said) and `limit` (at most 500).
final class PeersAdmin implements Endpoint {
    private static final long USUAL = 100;
    private static final long MOST = 500;

    private final Peers peers;

    PeersAdmin(Peers peers) {
        this.peers = peers;
    }

    @Override
    public Route route() {
        return Route.get("/_valise/admin/v1/federation/peers")
                .extension("listPeers")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.ADMIN);
    }

    @Override
    public Reply handle(Call call) {
        call.caller().requireAdministrator();
        int limit = (int) Math.clamp(call.integerQuery("limit").orElse(USUAL), 1L, MOST);
        List<PeerRule> rules = peers.rules(call.query("from").orElse(""), limit);
        var json =
                JsonObject.builder()
                        .put(
                                "configured",
                                JsonArray.of(
                                        peers.configured().stream()
                                                .map(ServerPattern::glob)
                                                .toList()))
                        .put("rules", JsonArray.of(rules.stream().map(PeersAdmin::json).toList()));
        if (rules.size() == limit) {
            json.put("next", rules.getLast().pattern().glob());
        }
        return Reply.json(json.build());
    }

    private static JsonObject json(PeerRule rule) {
        return JsonObject.of("pattern", rule.pattern().glob(), "allowed", rule.allowed());
    }
}
