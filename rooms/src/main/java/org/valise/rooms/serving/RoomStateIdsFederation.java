package org.valise.rooms.serving;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.rooms.serving.EventArrays.Rendering;

/// Gives another server the ids of the state before an event. Spec: server-server API, `GET
/// /state_ids/{roomId}`.
public final class RoomStateIdsFederation implements Endpoint {
    private final StateAnswer states;

    public RoomStateIdsFederation(StateAnswer states) {
        this.states = states;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/state_ids/{roomId}")
                .spec("getRoomStateIds")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION_HEAVY);
    }

    @Override
    public Reply handle(Call call) {
        return states.state(call, "pdu_ids", "auth_chain_ids", Rendering.IDS);
    }
}
