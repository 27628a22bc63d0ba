package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Visibility;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/// The event that is closest to a moment. Spec: client-server API, `GET
/// /rooms/{roomId}/timestamp_to_event`.
public final class TimestampToEventClient implements Endpoint {
    private static final int BATCH = 50;

    /// So many events are looked at that the reader may not see: work per request is bounded.
    private static final int MAX_SCANNED = 1_000;

    private final RoomAccess access;
    private final EventStore events;
    private final Visibility visibility;

    public TimestampToEventClient(RoomAccess access, EventStore events, Visibility visibility) {
        this.access = access;
        this.events = events;
        this.visibility = visibility;
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
        call.requiredQuery("ts");
        long ts = call.integerQuery("ts").orElseThrow();
        Direction direction = Direction.read(call.requiredQuery("dir"));
        Readable room = access.readable(call.caller(), call.path("roomId", RoomId::parse));
        Predicate<StoredEvent> visible =
                visibility.to(
                        call.caller().user(), call.caller().userNumber(), room.room().number());
        StoredEvent found =
                closest(room, direction, ts, visible)
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_NOT_FOUND,
                                        "Unable to find event from " + ts + " in that direction"));
        return Reply.json(
                JsonObject.of(
                        "event_id",
                        found.id().value(),
                        "origin_server_ts",
                        found.event().originServerTs()));
    }

    /// Backwards it is the last of those at the very moment, or else the last before it.
    private Optional<StoredEvent> closest(
            Readable room, Direction direction, long ts, Predicate<StoredEvent> visible) {
        boolean onwards = direction == Direction.FORWARDS;
        long at = ts;
        RoomOrder place = onwards ? RoomOrder.FIRST : RoomOrder.LAST;
        for (int scanned = 0; scanned < MAX_SCANNED; scanned += BATCH) {
            List<StoredEvent> batch =
                    events.byTime(room.room().number(), onwards, at, place, room.asOf(), BATCH);
            Optional<StoredEvent> found = batch.stream().filter(visible).findFirst();
            if (found.isPresent() || batch.size() < BATCH) {
                return found;
            }
            StoredEvent last = batch.getLast();
            RoomOrder order = Objects.requireNonNull(last.order());
            at = last.event().originServerTs();
            place = onwards ? new RoomOrder(order.segment(), order.index() + 1) : order;
        }
        return Optional.empty();
    }
}
