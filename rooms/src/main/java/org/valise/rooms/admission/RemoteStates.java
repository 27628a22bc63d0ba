package org.valise.rooms.admission;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.client.FederationException;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.lane.EventOrder;
import org.valise.rooms.timeline.RoomRef;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/// Fetches states of a room from other servers, with what they are to be judged by: all of it comes
/// to be known here as outliers.
final class RemoteStates {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteStates.class);

    /// SECURITY: the events of a state and of its auth chain.
    private static final int MOST_EVENTS = 250_000;

    /// More are not fetched one by one.
    private static final int MOST_ONE_BY_ONE = 100;

    private static final int AT_ONCE = 8;

    /// Whole states take much memory.
    private final Semaphore whole = new Semaphore(2);

    private final RemoteEvents remote;
    private final EventAdmission admission;
    private final EventSignatureCheck signatures;

    RemoteStates(RemoteEvents remote, EventAdmission admission, EventSignatureCheck signatures) {
        this.remote = remote;
        this.admission = admission;
        this.signatures = signatures;
    }

    /// Fetches an event; empty if it cannot be had of that server.
    Optional<Event> fetch(RoomRef room, ServerName server, EventId id) {
        try {
            return remote.event(server, room, id);
        } catch (FederationException e) {
            LOG.debug("{} did not give {}", server, id, e);
            return Optional.empty();
        }
    }

    /// Fetches the state before an event.
    ///
    /// @return the ids of its events; empty if it cannot be had of that server
    Optional<Set<EventId>> fetchBefore(RoomRef room, ServerName server, Event event) {
        try {
            RemoteEvents.StateIds ids = remote.stateIds(server, room, event.id());
            Set<EventId> wanted = new HashSet<>(ids.state());
            wanted.addAll(ids.authChain());
            wanted.addAll(event.authEvents());
            if (wanted.size() > MOST_EVENTS) {
                LOG.warn("{} gave a state of {} events", server, wanted.size());
                return Optional.empty();
            }
            Set<EventId> unknown = admission.unknown(wanted);
            if (!unknown.isEmpty()) {
                add(room, fetch(room, server, event.id(), unknown));
            }
            return Optional.of(ids.state());
        } catch (FederationException e) {
            LOG.debug("{} gave no state before {}", server, event.id(), e);
            return Optional.empty();
        }
    }

    /// Fetches what an event is to be judged by.
    ///
    /// @return whether anything came
    boolean fetchAuthChain(RoomRef room, ServerName server, Event event) {
        List<Event> chain;
        try {
            chain = remote.authChain(server, room, event.id());
        } catch (FederationException e) {
            LOG.debug("{} gave no auth chain of {}", server, event.id(), e);
            chain = fetchOneByOne(room, server, admission.unknown(event.authEvents()));
        }
        List<Event> others = chain.stream().filter(each -> !each.id().equals(event.id())).toList();
        add(room, others);
        return !others.isEmpty();
    }

    private List<Event> fetch(RoomRef room, ServerName server, EventId before, Set<EventId> wanted)
            throws FederationException {
        if (wanted.size() <= MOST_ONE_BY_ONE) {
            return fetchOneByOne(room, server, wanted);
        }
        whole.acquireUninterruptibly();
        try {
            return remote.state(server, room, before).stream()
                    .filter(event -> wanted.contains(event.id()))
                    .toList();
        } finally {
            whole.release();
        }
    }

    private List<Event> fetchOneByOne(RoomRef room, ServerName server, Set<EventId> wanted) {
        Queue<EventId> open = new ConcurrentLinkedQueue<>(wanted);
        Queue<Event> found = new ConcurrentLinkedQueue<>();
        int threads = Math.min(AT_ONCE, wanted.size());
        CountDownLatch done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            Thread.ofVirtual()
                    .name("events of " + server)
                    .start(() -> {
                        try {
                            fetchAll(room, server, open, found);
                        } finally {
                            done.countDown();
                        }
                    });
        }
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(found);
    }

    private void fetchAll(
            RoomRef room, ServerName server, Queue<EventId> open, Queue<Event> found) {
        for (EventId id = open.poll(); id != null; id = open.poll()) {
            try {
                remote.event(server, room, id).ifPresent(found::add);
            } catch (FederationException e) {
                LOG.debug("{} did not give {}", server, id, e);
                if (e.reason() != FederationException.Reason.REFUSED) {
                    open.clear();
                }
            }
        }
    }

    /// Auth events before what they allow, some at a time.
    private void add(RoomRef room, Collection<Event> events) {
        List<Event> sorted = new ArrayList<>(EventOrder.sorted(events, Event::authEvents));
        for (int from = 0; from < sorted.size(); from += EventAdmission.MAX_EVENTS) {
            int to = Math.min(sorted.size(), from + EventAdmission.MAX_EVENTS);
            InboundEvents.log(
                    admission.receiveOutliers(room, sorted.subList(from, to), signatures));
        }
    }
}
