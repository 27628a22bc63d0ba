package org.valise.rooms.outgoing;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.outbox.EventSource;
import org.valise.federation.outbox.Outbox;
import org.valise.federation.outbox.OutgoingEvent;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.OutgoingEventStore;
import org.valise.rooms.timeline.OutgoingEventStore.Outgoing;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Tells the outbox of new events, and what other servers lack.
public final class OutgoingEvents implements EventSource, StreamFollower, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutgoingEvents.class);

    private static final int ROOMS_AT_ONCE = 20;

    /// A server that was away gets so many of each room's newest events, and asks for the rest
    /// (`/get_missing_events`, `/backfill`) if it wants them.
    private static final int OF_EACH_ROOM = 50;

    private static final int MOST_ALSO = 1_000;

    /// SECURITY: what other servers are told of is bounded, however fast it comes: what is beyond
    /// this they are found to lack.
    private static final int MOST_QUEUED = 20_000;

    private final Stream stream;
    private final RoomServers servers;
    private final Events events;
    private final OutgoingEventStore store;
    private final CatchUpWorker worker = new CatchUpWorker("outgoing events", this::tell);
    private final ConcurrentLinkedQueue<New> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();

    /// The last position at which an event was not told of; 0 if there is none.
    private final AtomicLong missed = new AtomicLong();

    private volatile @Nullable Outbox outbox;

    /// @param mayConcernOthers whether servers that are not in the room may have to get it
    private record New(OutgoingEvent event, boolean mayConcernOthers) {}

    public OutgoingEvents(
            Stream stream, RoomServers servers, Events events, OutgoingEventStore store) {
        this.stream = stream;
        this.servers = servers;
        this.events = events;
        this.store = store;
    }

    /// Before the stream starts.
    public void into(Outbox sending) {
        outbox = sending;
    }

    @Override
    public void applied(List<Change> changes, long position) {
        Outbox sending = outbox;
        if (sending == null || !sending.leads()) {
            return;
        }
        boolean any = false;
        for (Change change : changes) {
            if (change instanceof EventChange event && event.outgoing()) {
                any = true;
                enqueue(event.event());
            }
        }
        if (any) {
            worker.wake();
        } else if (queued.get() == 0 && missed.get() == 0) {
            sending.addedUpTo(position);
        }
    }

    private void enqueue(StoredEvent event) {
        if (queued.incrementAndGet() > MOST_QUEUED) {
            queued.decrementAndGet();
            missed.accumulateAndGet(event.position(), Math::max);
            return;
        }
        boolean isMember = event.event().type().equals(EventTypes.MEMBER);
        queue.add(
                new New(
                        new OutgoingEvent(event.position(), event.room(), event.number()),
                        isMember));
    }

    private void tell() {
        Outbox sending = outbox;
        if (sending == null) {
            return;
        }
        for (New next = queue.poll(); next != null; next = queue.poll()) {
            try {
                if (sending.leads()) {
                    sending.add(concerned(next), next.event);
                }
            } catch (RuntimeException e) {
                LOG.warn("not known whom an event concerns: all look for what they lack", e);
                missed.accumulateAndGet(next.event.position(), Math::max);
            } finally {
                queued.decrementAndGet();
            }
        }
        for (long lost = missed.get(); lost > 0; lost = missed.get()) {
            sending.missedSome(lost);
            missed.compareAndSet(lost, 0);
        }
    }

    private Set<ServerName> concerned(New written) {
        OutgoingEvent event = written.event;
        Set<ServerName> to = new HashSet<>(servers.concerned(event.room(), event.position()));
        if (written.mayConcernOthers) {
            to.addAll(store.alsoTo(event.position()));
        }
        return to;
    }

    @Override
    public Set<ServerName> servers() {
        return store.servers();
    }

    @Override
    public long beforeFirst(ServerName server) {
        long now = stream.applied();
        return store.beforeFirst(server).orElse(now);
    }

    @Override
    public long now() {
        return stream.applied();
    }

    @Override
    public Lacking lacking(ServerName server, long from, long after, long upTo) {
        SequencedMap<Long, Long> rooms = store.rooms(server, from, after, upTo, ROOMS_AT_ONCE);
        List<Outgoing> found = new ArrayList<>();
        long last = rooms.isEmpty() ? upTo : rooms.lastEntry().getValue();
        found.addAll(store.also(server, after, last, MOST_ALSO));
        if (rooms.isEmpty()) {
            return new Lacking(outgoing(found), last, found.isEmpty());
        }
        found.addAll(store.newest(server, rooms.keySet(), from, upTo, OF_EACH_ROOM));
        return new Lacking(outgoing(found), last, false);
    }

    private static List<OutgoingEvent> outgoing(Collection<Outgoing> found) {
        return found.stream()
                .map(each -> new OutgoingEvent(each.position(), each.room(), each.event()))
                .toList();
    }

    @Override
    public List<JsonObject> contents(ServerName server, List<OutgoingEvent> wanted) {
        Map<Long, List<Long>> numbers = new HashMap<>();
        for (OutgoingEvent event : wanted) {
            numbers.computeIfAbsent(event.room(), any -> new ArrayList<>()).add(event.event());
        }
        Map<Long, StoredEvent> found = events.load(numbers);
        return wanted.stream()
                .map(each -> Optional.ofNullable(found.get(each.event())))
                .flatMap(Optional::stream)
                .map(StoredEvent::event)
                .filter(event -> !event.sender().server().equals(server))
                .map(event -> event.json())
                .toList();
    }

    @Override
    public void forgetUpTo(long position) {
        store.forget(position);
    }

    @Override
    public void close() {
        worker.close();
    }
}
