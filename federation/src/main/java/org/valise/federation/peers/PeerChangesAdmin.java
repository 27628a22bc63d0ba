package org.valise.federation.peers;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// Lists who changed which rule when, the newest first: `from` (what `next` said) and `limit` (at
/// most 500).
final class PeerChangesAdmin implements Endpoint {
    private static final long USUAL = 50;
    private static final long MOST = 500;

    private final Peers peers;

    PeerChangesAdmin(Peers peers) {
        this.peers = peers;
    }

    @Override
    public Route route() {
        return Route.get("/_valise/admin/v1/federation/peer_changes")
                .extension("listPeerChanges")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.ADMIN);
    }

    @Override
    public Reply handle(Call call) {
        call.caller().requireAdministrator();
        long from = call.integerQuery("from").orElse(Long.MAX_VALUE);
        int limit = (int) Math.clamp(call.integerQuery("limit").orElse(USUAL), 1L, MOST);
        List<PeerRuleChange> newest = peers.changes(from, limit);
        var json =
                JsonObject.builder()
                        .put(
                                "changes",
                                JsonArray.of(newest.stream().map(PeerRuleChange::json).toList()));
        if (newest.size() == limit) {
            json.put("next", newest.getLast().number());
        }
        return Reply.json(json.build());
    }
}
