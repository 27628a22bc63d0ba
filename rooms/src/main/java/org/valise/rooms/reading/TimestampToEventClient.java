package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Visibility;

import java.util.Optional;
import java.util.function.Predicate;

/// The event that is closest to a moment. Spec: client-server API, `GET
/// /rooms/{roomId}/timestamp_to_event`.
public final class TimestampToEventClient implements Endpoint {
    private final RoomAccess access;
    private final EventStore events;
    private final Visibility visibility;
    private final ClosestElsewhere elsewhere;

    TimestampToEventClient(
            RoomAccess access,
            EventStore events,
            Visibility visibility,
            ClosestElsewhere elsewhere) {
        this.access = access;
        this.events = events;
        this.visibility = visibility;
        this.elsewhere = elsewhere;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v1/rooms/{roomId}/timestamp_to_event")
                .spec("getEventByTimestamp")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .alsoAt(
                        "/_matrix/client/unstable/org.matrix.msc3030/rooms/{roomId}/timestamp_to_event");
    }

    @Override
    public Reply handle(Call call) {
        ClosestEvent closest = read(call);
        Readable room = access.readable(call.caller(), call.path("roomId", RoomId::parse));
        StoredEvent found = find(call.caller(), room, closest).orElse(null);
        if (room.joined() && elsewhere.fetch(room.room(), closest, found)) {
            found = find(call.caller(), room, closest).orElse(found);
        }
        if (found == null) {
            throw closest.notFound();
        }
        return Reply.json(ClosestEvent.json(found));
    }

    private Optional<StoredEvent> find(Caller caller, Readable room, ClosestEvent closest) {
        Predicate<StoredEvent> visible =
                visibility.to(caller.user(), caller.userNumber(), room.room().number());
        return closest.find(
                events,
                room.room().number(),
                room.asOf(),
                batch -> batch.stream().filter(visible).toList());
    }

    /// What is asked for: the same by clients and by servers.
    static ClosestEvent read(Call call) {
        call.requiredQuery("ts");
        long ts = call.integerQuery("ts").orElseThrow();
        return new ClosestEvent(Direction.read(call.requiredQuery("dir")), ts);
    }
}
