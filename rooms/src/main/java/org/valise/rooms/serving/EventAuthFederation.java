package org.valise.rooms.serving;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// Gives another server what an event is authorized by. Spec: server-server API, `GET
/// /event_auth/{roomId}/{eventId}`.
public final class EventAuthFederation implements Endpoint {
    private final StateAnswer states;

    public EventAuthFederation(StateAnswer states) {
        this.states = states;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/event_auth/{roomId}/{eventId}")
                .spec("getEventAuth")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION_HEAVY);
    }

    @Override
    public Reply handle(Call call) {
        return states.authChain(call);
    }
}
