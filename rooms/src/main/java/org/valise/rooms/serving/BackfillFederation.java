package org.valise.rooms.serving;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.serving.AskedRooms.Asked;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;
import java.util.Set;

/// Gives another server some events and what preceded them. Spec: server-server API, `GET
/// /backfill/{roomId}`.
public final class BackfillFederation implements Endpoint {
    private static final int MAX_LIMIT = 100;
    private static final int MAX_FROM = 100;

    private final AskedRooms rooms;
    private final Events events;
    private final ServerName server;

    /// @param server this one
    public BackfillFederation(AskedRooms rooms, Events events, ServerName server) {
        this.rooms = rooms;
        this.events = events;
        this.server = server;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/backfill/{roomId}")
                .spec("backfillRoom")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION_HEAVY);
    }

    @Override
    public Reply handle(Call call) {
        call.requiredQuery("v");
        List<EventId> from =
                call.queries("v").stream()
                        .limit(MAX_FROM)
                        .flatMap(id -> EventId.tryParse(id).stream())
                        .toList();
        int limit = Math.clamp(call.integerQuery("limit").orElse((long) MAX_LIMIT), 1, MAX_LIMIT);
        Asked asked = rooms.room(call);
        List<StoredEvent> found =
                new Ancestry(events, asked.number()).walk(from, Set.of(), Long.MIN_VALUE, limit);
        return Pdus.transaction(server, call.arrival(), asked.sight().shown(found));
    }
}
