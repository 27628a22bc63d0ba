package org.valise.rooms.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.client.FederationException;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.RoomRef;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Takes in events whose ancestors are not here: asks the server that sent them for the ancestors,
/// and if there are too many of these, or nobody has them, for the state before the events.
///
/// SECURITY: how much is asked for, kept in memory and looked at is bounded, as is the time,
/// however long a chain a stranger makes up.
public final class MissingAncestors {
    private static final Logger LOG = LoggerFactory.getLogger(MissingAncestors.class);

    private static final Duration LONGEST = Duration.ofMinutes(2);

    /// Ancestors that are asked for at a time, and in all.
    private static final int LIMIT = 100;

    private static final int MOST_EVENTS = 1_000;
    private static final long MOST_BYTES = 8L << 20;
    private static final int MOST_ROUNDS = 10;

    /// A server that gives fewer at a time, and not all, has no more.
    private static final int FEW = 10;

    /// In one request.
    private static final int MOST_NAMED = 20;

    private static final int MOST_FRUITLESS = 10_000;

    /// States that are asked for in one go.
    private static final int MOST_STATES = 5;

    /// Other servers of the room that are asked when the one that sent an event has no answer.
    private static final int MOST_OTHERS = 3;

    private final Lanes lanes;
    private final RoomServers servers;
    private final EventAdmission admission;
    private final EventSignatureCheck signatures;
    private final RemoteEvents remote;
    private final RemoteStates states;
    private final ServerName here;

    /// Events of which the server that sent them gave no ancestors.
    private final Cache<EventId, Boolean> fruitless =
            Caffeine.newBuilder()
                    .maximumSize(MOST_FRUITLESS)
                    .expireAfterWrite(Duration.ofHours(1))
                    .build();

    /// @param here this server, which is not asked
    public MissingAncestors(
            Lanes lanes,
            RoomServers servers,
            EventAdmission admission,
            EventSignatureCheck signatures,
            RemoteEvents remote,
            ServerName here) {
        this.lanes = lanes;
        this.servers = servers;
        this.admission = admission;
        this.signatures = signatures;
        this.remote = remote;
        this.states = new RemoteStates(remote, admission, signatures);
        this.here = here;
    }

    /// Takes in events that a server has sent.
    ///
    /// @param last whether what cannot be judged is kept, until what it lacks arrives
    /// @return those of the events that could not be judged, if this was not the last attempt
    Set<EventId> receive(RoomRef room, ServerName origin, List<Event> events, boolean last) {
        long end = System.nanoTime() + LONGEST.toNanos();
        EventPool pool = new EventPool(admission, signatures, room);
        pool.admit(events);
        boolean isFruitless = !fetchAncestors(pool, origin, end);
        if (!isFruitless || last || wasFruitless(events)) {
            fetchStates(pool, origin, end);
        }
        Set<EventId> left = new HashSet<>();
        for (Event event : events) {
            if (pool.has(event.id())) {
                if (last) {
                    pool.hold(event);
                } else {
                    left.add(event.id());
                }
            }
        }
        return left;
    }

    /// Whether that was so before; remembered from now on.
    private boolean wasFruitless(List<Event> events) {
        boolean before = true;
        for (Event event : events) {
            before &= fruitless.asMap().putIfAbsent(event.id(), true) != null;
        }
        return before;
    }

    /// @return whether the server gave any ancestors, or gave no answer; if it has nothing to give
    ///   of what it has sent just now, the state there is not asked for at once
    private boolean fetchAncestors(EventPool pool, ServerName origin, long end) {
        for (int round = 0; round < MOST_ROUNDS && !isEnough(pool, end); round++) {
            List<EventId> latest =
                    pool.oldest().stream()
                            .filter(pool::lacksAncestors)
                            .limit(MOST_NAMED)
                            .map(Event::id)
                            .toList();
            if (latest.isEmpty()) {
                return true;
            }
            List<Event> given;
            try {
                given = missing(pool, origin, latest);
            } catch (FederationException e) {
                LOG.debug("{} gave no missing events", origin, e);
                return true;
            }
            if (!pool.admit(given)) {
                return round > 0;
            }
            if (given.size() < FEW) {
                return true;
            }
        }
        return true;
    }

    private static boolean isEnough(EventPool pool, long end) {
        return pool.isEmpty()
                || pool.events() >= MOST_EVENTS
                || pool.bytes() >= MOST_BYTES
                || System.nanoTime() - end > 0;
    }

    private List<Event> missing(EventPool pool, ServerName origin, List<EventId> latest)
            throws FederationException {
        List<EventId> earliest = lanes.write(pool.room(), RoomWriter::forwardExtremities);
        return remote.missing(
                origin, pool.room(), latest, earliest.stream().limit(MOST_NAMED).toList(), LIMIT);
    }

    /// Where nobody sends what lies between, begins anew with the state before an event.
    private void fetchStates(EventPool pool, ServerName origin, long end) {
        Set<EventId> asked = new HashSet<>();
        while (asked.size() < MOST_STATES && !pool.isEmpty() && System.nanoTime() - end < 0) {
            Event next =
                    pool.oldest().stream()
                            .filter(event -> !asked.contains(event.id()))
                            .findFirst()
                            .orElse(null);
            if (next == null) {
                return;
            }
            asked.add(next.id());
            if (pool.lacksAncestors(next)) {
                fetchState(pool, origin, next);
            } else if (states.fetchAuthChain(pool.room(), origin, next)) {
                pool.judgeAgain();
            }
        }
    }

    /// Begins anew with what an event follows; if that itself cannot be had, with the event.
    private void fetchState(EventPool pool, ServerName origin, Event event) {
        for (ServerName server : candidates(pool.room(), origin, event)) {
            List<Event> previous =
                    pool.missingPrevious(event).stream()
                            .limit(MOST_NAMED)
                            .map(id -> states.fetch(pool.room(), server, id))
                            .flatMap(Optional::stream)
                            .toList();
            for (Event begin : previous.isEmpty() ? List.of(event) : previous) {
                states.fetchBefore(pool.room(), server, begin)
                        .ifPresent(state -> pool.anchor(begin, state));
            }
            if (!pool.has(event.id())) {
                return;
            }
        }
    }

    private Set<ServerName> candidates(RoomRef room, ServerName origin, Event event) {
        Set<ServerName> candidates = new LinkedHashSet<>(List.of(origin, event.sender().server()));
        servers.joined(room.number()).stream()
                .filter(server -> !candidates.contains(server) && !server.equals(here))
                .limit(MOST_OTHERS)
                .forEach(candidates::add);
        candidates.remove(here);
        return candidates;
    }
}
