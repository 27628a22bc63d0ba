package org.valise.rooms.reading;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.rooms.admission.Backfilling;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.reading.RoomHistory.Page;
import org.valise.rooms.reading.RoomHistory.Range;
import org.valise.rooms.timeline.MissingEventStore.Gap;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The history of a room, where whoever reads back over a gap has it filled first.
///
/// Where nobody answers the page ends at the gap, and says that there is more: whoever asks again
/// gets it then. Where nobody has anything it is passed over.
public final class FilledHistory {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int MAX_ROUNDS = 15;

    private final RoomHistory history;
    private final Backfilling backfilling;

    public FilledHistory(RoomHistory history, Backfilling backfilling) {
        this.history = history;
        this.backfilling = backfilling;
    }

    Page read(Readable room, Caller caller, Range range, RoomEventFilter filter) {
        Page page = history.read(room, caller, range, filter);
        if (!room.joined() || !mayHaveMetAGap(range, page)) {
            return page;
        }
        long until = System.nanoTime() + PATIENCE.toNanos();
        Set<Integer> passedOver = new HashSet<>();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            RoomOrder gap = gap(room, range, page, passedOver);
            if (gap == null) {
                return page;
            }
            boolean atIt = gap.equals(page.next());
            if (atIt && page.events().size() >= range.limit()) {
                return new Page(page.events(), gap, true);
            }
            switch (backfilling.fill(room.room(), gap.segment(), until)) {
                case FILLED -> page = history.read(room, caller, range, filter);
                case NOTHING -> passedOver.add(gap.segment());
                case UNREACHABLE -> {
                    return upTo(gap, page);
                }
            }
        }
        return page;
    }

    /// Only the first events of a segment have no index above 0: most pages are not near one.
    private static boolean mayHaveMetAGap(Range range, Page page) {
        return range.direction() == Direction.BACKWARDS
                && (page.next().index() <= 0
                        || page.next().segment() != range.from().segment()
                        || !page.more());
    }

    /// The first event after the newest gap that was read over, or that reading has come to.
    private @Nullable RoomOrder gap(
            Readable room, Range range, Page page, Set<Integer> passedOver) {
        RoomOrder until = range.until();
        for (Gap gap : backfilling.gaps(room.room())) {
            RoomOrder first = new RoomOrder(gap.segment(), gap.first());
            boolean met =
                    !passedOver.contains(gap.segment())
                            && first.compareTo(range.from()) <= 0
                            && first.compareTo(page.next()) >= 0
                            && (until == null || first.compareTo(until) > 0);
            if (met) {
                return first;
            }
        }
        return null;
    }

    private static Page upTo(RoomOrder gap, Page page) {
        List<StoredEvent> after =
                page.events().stream()
                        .filter(event -> {
                            RoomOrder place = event.order();
                            return place != null && place.compareTo(gap) >= 0;
                        })
                        .toList();
        return new Page(after, gap, true);
    }
}
