package org.valise.sync.classic;

import org.valise.protocol.filter.RoomEventFilter;
import org.valise.rooms.Rooms;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The newest events of a room that one reader is shown.
///
/// @param limited whether there are more between these and where the reader was
record RoomTimeline(List<StoredEvent> events, boolean limited) {
    static final RoomTimeline EMPTY = new RoomTimeline(List.of(), false);
    static final int DEFAULT_LIMIT = 10;
    static final int MAX_LIMIT = 500;

    /// How many more events to look at than are wanted, where a filter may leave some out.
    private static final int LOOK_FURTHER = 5;

    /// What became visible in `(after, asOf]`.
    static RoomTimeline read(
            RoomView view, SyncRequest request, Rooms rooms, long after, long asOf) {
        RoomEventFilter filter = request.filter().room().timeline();
        if (filter.admitsNothing() || !filter.admitsRoom(view.room().id().value())) {
            return EMPTY;
        }
        int limit = filter.limit(DEFAULT_LIMIT, MAX_LIMIT);
        boolean picky = !filter.admitsEverything() || !request.ignored().isEmpty();
        RoomView.Slice slice =
                view.timeline(after, asOf, Math.max(picky ? limit * LOOK_FURTHER : limit, 1))
                        .sinceGap();
        List<StoredEvent> shown = new ArrayList<>(slice.events().size());
        Predicate<StoredEvent> visible =
                rooms.visibility()
                        .to(
                                request.reader().user(),
                                request.reader().number(),
                                view.room().number());
        Predicate<StoredEvent> related = rooms.relatedBy().among(slice.events(), filter);
        boolean hidden = false;
        for (StoredEvent event : slice.events()) {
            if (!visible.test(event)) {
                hidden = true;
            } else if (isWanted(event, filter, request) && related.test(event)) {
                shown.add(event);
            }
        }
        int from = Math.max(0, shown.size() - limit);
        return new RoomTimeline(
                List.copyOf(shown.subList(from, shown.size())),
                slice.limited() || from > 0 || hidden);
    }

    /// With the event that tells a reader of their own membership now, though it came after they
    /// were out of the room (a ban, a declined invitation).
    RoomTimeline endingWith(StoredEvent own) {
        if (!events.isEmpty() && events.getLast().number() == own.number()) {
            return this;
        }
        List<StoredEvent> longer = new ArrayList<>(events);
        longer.add(own);
        return new RoomTimeline(List.copyOf(longer), limited);
    }

    private static boolean isWanted(
            StoredEvent event, RoomEventFilter filter, SyncRequest request) {
        if (!event.isState() && request.ignored().contains(event.event().sender().value())) {
            return false;
        }
        return filter.matches(event.event());
    }
}
