package org.valise.rooms.reading;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.rooms.admission.Backfilling;
import org.valise.rooms.admission.Backfilling.Outcome;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.reading.RoomHistory.Page;
import org.valise.rooms.reading.RoomHistory.Range;
import org.valise.rooms.timeline.MissingEventStore.Gap;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.OrderToken;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The history of a room, where whoever reads over a gap has it filled first.
///
/// Reading back, a page ends at a gap that nobody answers about, and says that there is more:
/// whoever asks again gets it then. Where nobody has anything it is passed over.
///
/// Reading on, what is missing lies before events that are here: these must not be kept back for
/// ever. A page that has events ends at a gap that could not be filled to its end, so that the next
/// one tries again; a page that would begin with such a gap passes it over.
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
        return range.direction() == Direction.BACKWARDS
                ? back(room, caller, range, filter, page, until)
                : on(room, caller, range, filter, page, until);
    }

    private Page back(
            Readable room,
            Caller caller,
            Range range,
            RoomEventFilter filter,
            Page first,
            long until) {
        Page page = first;
        Set<Integer> passedOver = new HashSet<>();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            RoomOrder gap = newestGap(room, range, page, passedOver);
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

    /// A gap is filled from its newest end: what comes first after the point where one reads on is
    /// known only when it is filled to its end.
    private Page on(
            Readable room,
            Caller caller,
            Range range,
            RoomEventFilter filter,
            Page first,
            long until) {
        Page page = first;
        Set<Integer> passedOver = new HashSet<>();
        int rounds = 0;
        for (RoomOrder gap = oldestGap(room, range, page, passedOver);
                gap != null;
                gap = oldestGap(room, range, page, passedOver)) {
            Outcome outcome =
                    rounds++ < MAX_ROUNDS
                            ? backfilling.fill(room.room(), gap.segment(), until)
                            : Outcome.UNREACHABLE;
            if (outcome == Outcome.FILLED) {
                page = history.read(room, caller, range, filter);
            } else {
                Page before = before(gap, range, page);
                if (outcome == Outcome.UNREACHABLE && !before.events().isEmpty()) {
                    return before;
                }
                passedOver.add(gap.segment());
            }
        }
        return page;
    }

    /// Only the first events of a segment have no index above 0: most pages are not near one.
    private static boolean mayHaveMetAGap(Range range, Page page) {
        boolean isElsewhere = page.next().segment() != range.from().segment();
        return range.direction() == Direction.BACKWARDS
                ? isElsewhere || page.next().index() <= 0 || !page.more()
                : isElsewhere;
    }

    /// The first event after the newest gap that was read over, or that reading has come to.
    private @Nullable RoomOrder newestGap(
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

    /// The first event after the oldest gap that was read over.
    private @Nullable RoomOrder oldestGap(
            Readable room, Range range, Page page, Set<Integer> passedOver) {
        for (Gap gap : backfilling.gaps(room.room()).reversed()) {
            RoomOrder first = new RoomOrder(gap.segment(), gap.first());
            boolean met =
                    !passedOver.contains(gap.segment())
                            && first.compareTo(range.from()) > 0
                            && first.compareTo(page.next()) < 0;
            if (met) {
                return first;
            }
        }
        return null;
    }

    /// What of a page that reads on stands before a gap.
    private static Page before(RoomOrder gap, Range range, Page page) {
        List<StoredEvent> before =
                page.events().stream().filter(event -> !isFrom(gap, event)).toList();
        RoomOrder last = before.isEmpty() ? null : before.getLast().order();
        return new Page(before, last == null ? range.from() : OrderToken.after(last).place(), true);
    }

    private static boolean isFrom(RoomOrder gap, StoredEvent event) {
        RoomOrder place = event.order();
        return place != null && place.compareTo(gap) >= 0;
    }

    private static Page upTo(RoomOrder gap, Page page) {
        List<StoredEvent> after =
                page.events().stream().filter(event -> isFrom(gap, event)).toList();
        return new Page(after, gap, true);
    }
}
