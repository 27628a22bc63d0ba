package org.valise.rooms.reading;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Visibility;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Reads the events of a room in its order, either way, as far as the reader may see them.
public final class RoomHistory {
    private static final int MIN_BATCH = 20;
    private static final int MAX_BATCH = 200;

    /// So many events are looked at for one page, seen or not: work per request is bounded.
    private static final int MAX_SCANNED = 2_000;

    private final Events events;
    private final Visibility visibility;
    private final IgnoredSenders ignoredSenders;
    private final RelatedBy relatedBy;

    public RoomHistory(
            Events events,
            Visibility visibility,
            IgnoredSenders ignoredSenders,
            RelatedBy relatedBy) {
        this.events = events;
        this.visibility = visibility;
        this.ignoredSenders = ignoredSenders;
        this.relatedBy = relatedBy;
    }

    /// Which way from a point of the room order.
    public enum Direction {
        BACKWARDS,
        FORWARDS;

        /// @throws MatrixException `M_INVALID_PARAM` for anything but `b` and `f`
        static Direction read(String dir) {
            return switch (dir) {
                case "b" -> BACKWARDS;
                case "f" -> FORWARDS;
                default ->
                        throw new MatrixException(ErrorCode.M_INVALID_PARAM, "dir must be b or f");
            };
        }
    }

    /// Where events come from, some at a time.
    @FunctionalInterface
    interface Source {
        /// The next events in a direction, the nearest first.
        List<StoredEvent> next(Direction direction, RoomOrder at, int limit);
    }

    /// What of the history.
    ///
    /// @param from the point just before the event at this place
    /// @param until the point to stop at; null for none
    record Range(Direction direction, RoomOrder from, @Nullable RoomOrder until, int limit) {}

    /// Some events, in the direction read.
    ///
    /// @param next the point where to go on
    /// @param more whether there may be more: an empty page may have more after it
    record Page(List<StoredEvent> events, RoomOrder next, boolean more) {}

    Page read(Readable room, Caller caller, Range range, RoomEventFilter filter) {
        return read(
                room,
                caller,
                range,
                filter,
                (direction, at, limit) -> batch(room, direction, at, limit));
    }

    /// The same for some of the room's events.
    Page read(Readable room, Caller caller, Range range, RoomEventFilter filter, Source source) {
        Predicate<StoredEvent> shown = shown(room, caller, filter);
        List<StoredEvent> found = new ArrayList<>();
        RoomOrder at = range.from();
        for (int scanned = 0; scanned < MAX_SCANNED; ) {
            int wanted = Math.clamp(range.limit() - found.size() + 1, MIN_BATCH, MAX_BATCH);
            List<StoredEvent> batch = source.next(range.direction(), at, wanted);
            Predicate<StoredEvent> related = relatedBy.among(batch, filter);
            for (StoredEvent event : batch) {
                RoomOrder place = event.order();
                if (place == null || isBeyond(place, range)) {
                    return new Page(found, at, !found.isEmpty());
                }
                if (found.size() >= range.limit()) {
                    return new Page(found, at, true);
                }
                at = range.direction() == Direction.BACKWARDS ? place : after(place);
                if (related.test(event) && shown.test(event)) {
                    found.add(event);
                }
            }
            if (batch.size() < wanted) {
                return new Page(found, at, false);
            }
            scanned += batch.size();
        }
        return new Page(found, at, true);
    }

    private Predicate<StoredEvent> shown(Readable room, Caller caller, RoomEventFilter filter) {
        Set<String> ignored = ignoredSenders.of(caller.userNumber());
        Predicate<StoredEvent> visible =
                visibility.to(caller.user(), caller.userNumber(), room.room().number());
        return event ->
                (event.isState() || !ignored.contains(event.event().sender().value()))
                        && filter.matches(event.event())
                        && visible.test(event);
    }

    private List<StoredEvent> batch(Readable room, Direction direction, RoomOrder at, int limit) {
        long number = room.room().number();
        return direction == Direction.BACKWARDS
                ? events.store().before(number, at, room.asOf(), limit)
                : events.store().from(number, at, room.asOf(), limit);
    }

    private static boolean isBeyond(RoomOrder place, Range range) {
        RoomOrder until = range.until();
        if (until == null) {
            return false;
        }
        return range.direction() == Direction.BACKWARDS
                ? place.compareTo(until) < 0
                : place.compareTo(until) >= 0;
    }

    private static RoomOrder after(RoomOrder place) {
        return new RoomOrder(place.segment(), place.index() + 1);
    }
}
