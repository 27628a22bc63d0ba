package org.valise.rooms.reading;

import org.jspecify.annotations.Nullable;
import org.valise.federation.client.FederationException;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.admission.Backfilling;
import org.valise.rooms.admission.RemoteEvents;
import org.valise.rooms.admission.RemoteEvents.Moment;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.MissingEventStore.Gap;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Asks other servers for the event that is closest to a moment, where some of the room's past is
/// not here, and fetches the past back to it: what cannot be put in its place is not shown.
///
/// Spec: server-server API, `GET /timestamp_to_event/{roomId}`.
final class ClosestElsewhere {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int MAX_ASKED = 3;
    private static final int MAX_ROUNDS = 15;
    private static final int MAX_GAPS = 10;

    private final Events events;
    private final RemoteEvents remote;
    private final Backfilling backfilling;

    ClosestElsewhere(Events events, RemoteEvents remote, Backfilling backfilling) {
        this.events = events;
        this.remote = remote;
        this.backfilling = backfilling;
    }

    /// Whether the past may have changed so that it is worth looking again.
    ///
    /// @param found the closest event here; null for none
    boolean fetch(RoomRef room, ClosestEvent wanted, @Nullable StoredEvent found) {
        if (backfilling.gaps(room).isEmpty()) {
            return false;
        }
        long until = System.nanoTime() + PATIENCE.toNanos();
        for (ServerName server : backfilling.candidates(room).stream().limit(MAX_ASKED).toList()) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            try {
                Optional<Moment> there =
                        remote.closest(
                                server,
                                room,
                                wanted.ts(),
                                wanted.direction() == Direction.FORWARDS);
                return there.isPresent()
                        && isCloser(there.get(), wanted, found)
                        && bring(room, there.get(), until);
            } catch (FederationException e) {
                continue; // the next one may know
            }
        }
        return false;
    }

    private static boolean isCloser(
            Moment there, ClosestEvent wanted, @Nullable StoredEvent found) {
        boolean onwards = wanted.direction() == Direction.FORWARDS;
        boolean fits = onwards ? there.ts() >= wanted.ts() : there.ts() <= wanted.ts();
        return fits
                && (found == null
                        || Math.abs(there.ts() - wanted.ts())
                                < Math.abs(found.event().originServerTs() - wanted.ts()));
    }

    private boolean bring(RoomRef room, Moment there, long until) {
        Set<Integer> inVain = new HashSet<>();
        for (int round = 0; round < MAX_ROUNDS && System.nanoTime() < until; round++) {
            if (isHere(there.event())) {
                return true;
            }
            Optional<Gap> gap = gapAfter(room, there.ts(), inVain);
            if (gap.isEmpty()) {
                return false;
            }
            int segment = gap.get().segment();
            if (backfilling.fill(room, segment, until) != Backfilling.Outcome.FILLED) {
                inVain.add(segment);
            }
        }
        return isHere(there.event());
    }

    private boolean isHere(EventId id) {
        return events.byId(id).filter(StoredEvent::isInGraph).isPresent();
    }

    /// The gap that a moment most likely lies in: the earliest that ends after it.
    private Optional<Gap> gapAfter(RoomRef room, long ts, Set<Integer> inVain) {
        record Dated(Gap gap, long ts) {}
        List<Gap> open =
                backfilling.gaps(room).stream()
                        .filter(gap -> !inVain.contains(gap.segment()))
                        .limit(MAX_GAPS)
                        .toList();
        return open.stream()
                .map(gap -> new Dated(gap, end(room, gap)))
                .filter(gap -> gap.ts >= ts)
                .min(Comparator.comparingLong(Dated::ts))
                .map(Dated::gap)
                .or(() -> open.stream().findFirst());
    }

    private long end(RoomRef room, Gap gap) {
        RoomOrder first = new RoomOrder(gap.segment(), gap.first());
        return events.store().from(room.number(), first, Long.MAX_VALUE, 1).stream()
                .mapToLong(event -> event.event().originServerTs())
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
