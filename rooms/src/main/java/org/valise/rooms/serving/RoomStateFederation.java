package org.valise.rooms.serving;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.rooms.serving.EventArrays.Rendering;

/// Gives another server the state before an event. Spec: server-server API, `GET /state/{roomId}`.
public final class RoomStateFederation implements Endpoint {
    private final StateAnswer states;

    public RoomStateFederation(StateAnswer states) {
        this.states = states;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/state/{roomId}")
                .spec("getRoomState")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION_HEAVY);
    }

    @Override
    public Reply handle(Call call) {
        return states.state(call, "pdus", "auth_chain", Rendering.WHOLE);
    }
}
