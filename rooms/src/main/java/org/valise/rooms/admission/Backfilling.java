package org.valise.rooms.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.client.FederationException;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.EventOrder;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.timeline.MissingEventStore.Gap;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Fetches what rooms lack of their past, when somebody wants to read it. Spec: server-server API,
/// "Backfilling and retrieving missing events".
public final class Backfilling {
    private static final Logger LOG = LoggerFactory.getLogger(Backfilling.class);

    /// Events asked for at a time.
    private static final int LIMIT = 100;

    /// Ids named in one request.
    private static final int MOST_NAMED = 20;

    /// SECURITY: whoever answers could send events that all need a state of their own.
    private static final int MOST_STATES = 5;

    private static final int MOST_SERVERS = 5;

    /// How long nobody is asked again for what nobody gave.
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private static final int CACHED = 10_000;
    private static final int AT_ONCE = 8;

    private final RemoteEvents remote;
    private final RemoteStates states;
    private final EventAdmission admission;
    private final EventSignatureCheck signatures;
    private final RoomServers servers;
    private final MissingEventStore missing;
    private final Events events;
    private final ServerName own;

    /// What was asked for in vain lately.
    private final Cache<Place, Outcome> inVain =
            Caffeine.newBuilder().maximumSize(CACHED).expireAfterWrite(PAUSE).build();

    private final Map<Place, Filling> underWay = new ConcurrentHashMap<>();
    private final Semaphore atOnce = new Semaphore(AT_ONCE);

    private record Place(long room, int segment) {}

    /// What came of asking.
    public enum Outcome {
        /// There is more of the past than before.
        FILLED,
        /// Those who answered have nothing more.
        NOTHING,
        /// Nobody answered.
        UNREACHABLE
    }

    /// @param own this server's name
    public Backfilling(
            RemoteEvents remote,
            EventAdmission admission,
            EventSignatureCheck signatures,
            RoomServers servers,
            MissingEventStore missing,
            Events events,
            ServerName own) {
        this.remote = remote;
        this.states = new RemoteStates(remote, admission, signatures);
        this.admission = admission;
        this.signatures = signatures;
        this.servers = servers;
        this.missing = missing;
        this.events = events;
        this.own = own;
    }

    /// The gaps of a room, the newest first.
    public List<Gap> gaps(RoomRef room) {
        return missing.gaps(room.number()).reversed();
    }

    /// Fetches some of what lies in a gap: the newest of it. Waits while servers of the room are
    /// asked in turn; what takes longer goes on, and is there for whoever comes later.
    ///
    /// @param segment the one that the gap is before
    /// @param until when to wait no more, by `System.nanoTime()`
    public Outcome fill(RoomRef room, int segment, long until) {
        Place place = new Place(room.number(), segment);
        Outcome lately = inVain.getIfPresent(place);
        return lately != null
                ? lately
                : underWay.computeIfAbsent(place, any -> begun(room, place)).await(until);
    }

    /// What is being asked for.
    private static final class Filling {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile Outcome outcome = Outcome.UNREACHABLE;

        Outcome await(long until) {
            try {
                return done.await(until - System.nanoTime(), TimeUnit.NANOSECONDS)
                        ? outcome
                        : Outcome.UNREACHABLE;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Outcome.UNREACHABLE;
            }
        }
    }

    private Filling begun(RoomRef room, Place place) {
        Filling filling = new Filling();
        Thread.ofVirtual().name("backfill").start(() -> run(room, place, filling));
        return filling;
    }

    private void run(RoomRef room, Place place, Filling filling) {
        atOnce.acquireUninterruptibly();
        try {
            Set<EventId> lacking = lacking(room, place.segment());
            // Otherwise it was filled while somebody was about to ask.
            Outcome outcome = lacking.isEmpty() ? Outcome.FILLED : askInTurn(room, lacking);
            if (outcome != Outcome.FILLED) {
                inVain.put(place, outcome);
            }
            filling.outcome = outcome;
        } catch (RuntimeException e) {
            LOG.warn("the past of a room could not be taken in", e);
        } finally {
            atOnce.release();
            underWay.remove(place);
            filling.done.countDown();
        }
    }

    private Set<EventId> lacking(RoomRef room, int segment) {
        Set<EventId> lacking = new LinkedHashSet<>();
        missing.gaps(room.number()).stream()
                .filter(gap -> gap.segment() == segment)
                .forEach(gap -> lacking.add(gap.missing()));
        return lacking;
    }

    private Outcome askInTurn(RoomRef room, Set<EventId> lacking) {
        boolean answered = false;
        boolean silent = false;
        for (ServerName server : candidates(room)) {
            try {
                if (take(room, server, lacking)) {
                    return Outcome.FILLED;
                }
                answered = true;
            } catch (FederationException e) {
                LOG.debug("{} did not backfill {}", server, room.id(), e);
                switch (e.reason()) {
                    case RESTING, UNREACHABLE -> silent = true;
                    case NOT_ALLOWED, UNUSABLE, REFUSED -> {}
                }
            }
        }
        return silent && !answered ? Outcome.UNREACHABLE : Outcome.NOTHING;
    }

    /// Other servers that may be asked about a room: a few, in any order, so that nobody is asked
    /// always.
    public List<ServerName> candidates(RoomRef room) {
        List<ServerName> others = new ArrayList<>(servers.joined(room.number()));
        others.removeIf(server -> server.equals(own) || !servers.allowed(room.number(), server));
        Collections.shuffle(others);
        return others.subList(0, Math.min(others.size(), MOST_SERVERS));
    }

    /// @return whether anything came that was missing
    private boolean take(RoomRef room, ServerName server, Set<EventId> lacking)
            throws FederationException {
        List<Event> given =
                EventOrder.sorted(
                        remote.backfill(
                                server, room, lacking.stream().limit(MOST_NAMED).toList(), LIMIT),
                        Event::prevEvents);
        if (given.isEmpty()) {
            return false;
        }
        Map<EventId, Collection<EventId>> before = statesBefore(room, server, given);
        Map<EventId, Admission> results = admission.backfill(room, given, before, signatures);
        List<Event> unjudged =
                given.stream()
                        .filter(event -> results.get(event.id()) instanceof Admission.Lacks)
                        .toList();
        if (!unjudged.isEmpty()) {
            unjudged.stream()
                    .limit(MOST_STATES)
                    .forEach(event -> states.fetchAuthChain(room, server, event));
            results.putAll(admission.backfill(room, unjudged, before, signatures));
        }
        InboundEvents.log(results);
        return results.values().stream().anyMatch(Backfilling::isPlaced);
    }

    private static boolean isPlaced(Admission admission) {
        return switch (admission) {
            case Admission.Accepted _, Admission.SoftFailed _, Admission.Rejected _ -> true;
            case Admission.Known _,
                    Admission.Outlier _,
                    Admission.Lacks _,
                    Admission.Waiting _,
                    Admission.Unrelated _,
                    Admission.Unbelievable _,
                    Admission.Dropped _ ->
                    false;
        };
    }

    /// The states before those whose ancestors are neither here nor among them.
    private Map<EventId, Collection<EventId>> statesBefore(
            RoomRef room, ServerName server, List<Event> given) {
        Set<EventId> had = new HashSet<>();
        Set<EventId> named = new HashSet<>();
        for (Event event : given) {
            had.add(event.id());
            named.addAll(event.prevEvents());
        }
        events.byIds(named).values().stream()
                .filter(StoredEvent::isInGraph)
                .forEach(event -> had.add(event.id()));
        Map<EventId, Collection<EventId>> before = new HashMap<>();
        given.stream()
                .filter(event -> !had.containsAll(event.prevEvents()))
                .limit(MOST_STATES)
                .forEach(event ->
                        states.fetchBefore(room, server, event)
                                .ifPresent(state -> before.put(event.id(), state)));
        return before;
    }
}
