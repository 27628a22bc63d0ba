package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.rooms.serving.AskedRooms;
import org.valise.rooms.serving.AskedRooms.Asked;
import org.valise.rooms.timeline.EventStore;

import java.util.Set;

/// Tells another server which event is closest to a moment, of those that its users may see. Spec:
/// server-server API, `GET /timestamp_to_event/{roomId}`.
public final class TimestampToEventFederation implements Endpoint {
    private final AskedRooms rooms;
    private final EventStore events;

    public TimestampToEventFederation(AskedRooms rooms, EventStore events) {
        this.rooms = rooms;
        this.events = events;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/timestamp_to_event/{roomId}")
                .spec("getEventByTimestamp")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        ClosestEvent closest = TimestampToEventClient.read(call);
        Asked asked = rooms.room(call);
        return closest.find(
                        events,
                        asked.room().number(),
                        Long.MAX_VALUE,
                        batch -> {
                            Set<Long> seen = asked.sight().seen(batch);
                            return batch.stream()
                                    .filter(event -> seen.contains(event.number()))
                                    .toList();
                        })
                .map(found -> Reply.json(ClosestEvent.json(found)))
                .orElseThrow(closest::notFound);
    }
}
