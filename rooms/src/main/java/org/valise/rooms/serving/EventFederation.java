package org.valise.rooms.serving;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;

/// Gives another server a single event. Spec: server-server API, `GET /event/{eventId}`.
public final class EventFederation implements Endpoint {
    private final AskedRooms rooms;
    private final ServerName server;

    /// @param server this one
    public EventFederation(AskedRooms rooms, ServerName server) {
        this.rooms = rooms;
        this.server = server;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/event/{eventId}")
                .spec("getEvent")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        StoredEvent event = rooms.anywhere(call.origin(), call.path("eventId", EventId::parse));
        return Pdus.transaction(server, call.arrival(), List.of(event));
    }
}
