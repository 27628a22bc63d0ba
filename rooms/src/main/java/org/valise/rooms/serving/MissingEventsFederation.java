package org.valise.rooms.serving;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.EventId;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.serving.AskedRooms.Asked;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Gives another server what it lacks between events it has and events it was sent. Spec:
/// server-server API, `POST /get_missing_events/{roomId}`.
public final class MissingEventsFederation implements Endpoint {
    private static final int USUAL_LIMIT = 10;
    private static final int MAX_LIMIT = 20;

    /// SECURITY: so many events are looked up for one request.
    private static final int MAX_NAMED = 200;

    private final AskedRooms rooms;
    private final Events events;

    public MissingEventsFederation(AskedRooms rooms, Events events) {
        this.rooms = rooms;
        this.events = events;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/federation/v1/get_missing_events/{roomId}")
                .spec("getMissingPreviousEvents")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        Set<EventId> earliest = ids(body.strings("earliest_events"));
        Set<EventId> latest = ids(body.strings("latest_events"));
        int limit =
                Math.clamp(body.optionalInteger("limit").orElse((long) USUAL_LIMIT), 1, MAX_LIMIT);
        long minDepth = body.optionalInteger("min_depth").orElse(0L);
        Asked asked = rooms.room(call);
        List<StoredEvent> missing = between(asked.number(), earliest, latest, minDepth, limit);
        JsonBuffer out = new JsonBuffer(16 << 10).ascii("{\"events\":");
        Pdus.array(asked.sight().shown(missing), out);
        return Reply.json(out.ascii("}").toBytes());
    }

    /// "A breadth-first walk of the `prev_events` for the `latest_events`, ignoring any events in
    /// `earliest_events`": the events furthest back come first, as they are taken in.
    private List<StoredEvent> between(
            long room, Set<EventId> earliest, Set<EventId> latest, long minDepth, int limit) {
        Ancestry ancestry = new Ancestry(events, room);
        Set<EventId> previous = new LinkedHashSet<>();
        ancestry.load(latest).forEach(event -> previous.addAll(event.event().prevEvents()));
        List<EventId> had = new ArrayList<>(earliest);
        had.addAll(latest);
        return ancestry.walk(previous, had, minDepth, limit).reversed();
    }

    private static Set<EventId> ids(List<String> named) {
        Set<EventId> ids = new LinkedHashSet<>();
        named.stream()
                .limit(MAX_NAMED)
                .flatMap(id -> EventId.tryParse(id).stream())
                .forEach(ids::add);
        return ids;
    }
}
