package org.valise.rooms.reading;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The event of a room that is closest to a moment, in one direction.
///
/// @param ts milliseconds since 1970
record ClosestEvent(Direction direction, long ts) {
    private static final int BATCH = 50;

    /// So many events are looked at that the reader may not see: work per request is bounded.
    private static final int MAX_SCANNED = 1_000;

    /// Backwards it is the last of those at the very moment, or else the last before it.
    ///
    /// @param visible keeps those of some events that may be shown
    Optional<StoredEvent> find(
            EventStore events, long room, long asOf, UnaryOperator<List<StoredEvent>> visible) {
        boolean onwards = direction == Direction.FORWARDS;
        long at = ts;
        RoomOrder place = onwards ? RoomOrder.FIRST : RoomOrder.LAST;
        for (int scanned = 0; scanned < MAX_SCANNED; scanned += BATCH) {
            List<StoredEvent> batch = events.byTime(room, onwards, at, place, asOf, BATCH);
            List<StoredEvent> shown = visible.apply(batch);
            if (!shown.isEmpty() || batch.size() < BATCH) {
                return shown.stream().findFirst();
            }
            StoredEvent last = batch.getLast();
            RoomOrder order = Objects.requireNonNull(last.order());
            at = last.event().originServerTs();
            place = onwards ? new RoomOrder(order.segment(), order.index() + 1) : order;
        }
        return Optional.empty();
    }

    static JsonObject json(StoredEvent found) {
        return JsonObject.of(
                "event_id", found.id().value(), "origin_server_ts", found.event().originServerTs());
    }

    MatrixException notFound() {
        return new MatrixException(
                ErrorCode.M_NOT_FOUND, "Unable to find event from " + ts + " in that direction");
    }
}
