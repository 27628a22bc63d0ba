package org.valise.federation.inbound;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.inbound.Attempts.Attempt;
import org.valise.federation.inbound.InboxStore.Pending;
import org.valise.federation.inbound.PduReceiver.Entry;
import org.valise.federation.inbound.PduReceiver.Received;
import org.valise.platform.database.Database;
import org.valise.platform.database.SoleDuty;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Works off the inbox, on one node of all.
///
/// Events of a room first stand in the room's line, where nothing waits for other servers. Those
/// that need what is not here go on to a line of their room and the server that sent them: whoever
/// sends what cannot be judged holds up nobody but itself.
final class InboxWorker implements SoleDuty.Duty, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InboxWorker.class);

    private static final String NAME = "valise_inbox";
    private static final Duration POLL = Duration.ofSeconds(10);
    private static final Duration FORGET_EVERY = Duration.ofHours(1);
    private static final Duration LONGEST_CLOSING = Duration.ofSeconds(5);
    private static final int PAGE = 1_000;

    /// Events of a room that are taken in at a time.
    private static final int BATCH = 100;

    private static final int ROOMS_AT_ONCE = 16;

    /// For how many rooms a server makes this one ask others at once.
    private static final int ASKING_FOR_A_SERVER = 4;

    private static final long CACHED_BYTES = 64L << 20;
    private static final int OVERHEAD_BYTES = 500;

    /// A server tries a transaction again before it sends the next one.
    private static final int TRANSACTIONS_KEPT = 1_000;

    private final Database database;
    private final InboxStore store;
    private final PduReceiver rooms;
    private final Predicate<ServerName> allowed;
    private final SoleDuty duty;
    private final Lines<RoomId, Pending> roomLines;
    private final Lines<Asking, Attempt> askingLines;
    private final EduLines edus;
    private final Attempts later = new Attempts();
    private final Map<ServerName, Semaphore> askingPermits = new ConcurrentHashMap<>();
    private final Set<Long> underway = ConcurrentHashMap.newKeySet();
    private final Queue<Long> done = new ConcurrentLinkedQueue<>();
    private final CatchUpWorker removal = new CatchUpWorker("inbox removal", this::remove);
    private final Cache<Long, Event> events =
            Caffeine.newBuilder()
                    .maximumWeight(CACHED_BYTES)
                    .weigher(
                            (Long number, Event event) -> 2 * event.bytes().length + OVERHEAD_BYTES)
                    .build();
    private long forgotten = System.nanoTime();

    /// The line of what a server has sent of a room and cannot be judged yet.
    record Asking(RoomId room, ServerName origin) {}

    InboxWorker(
            Database database,
            InboxStore store,
            PduReceiver rooms,
            Map<String, EduReceiver> receivers,
            Predicate<ServerName> allowed) {
        this.database = database;
        this.store = store;
        this.rooms = rooms;
        this.allowed = allowed;
        duty = new SoleDuty(database, NAME, POLL, this);
        Semaphore atOnce = new Semaphore(ROOMS_AT_ONCE);
        roomLines = new Lines<>("inbox", BATCH, room -> atOnce, this::take, this::undone);
        askingLines =
                new Lines<>(
                        "asking for",
                        BATCH,
                        line ->
                                askingPermits.computeIfAbsent(
                                        line.origin(),
                                        origin -> new Semaphore(ASKING_FOR_A_SERVER)),
                        this::ask,
                        attempt -> undone(attempt.item()));
        edus = new EduLines(receivers, this::contents, this::finish, this::undone, allowed);
    }

    void start() {
        duty.start();
    }

    boolean isMine() {
        return duty.isMine();
    }

    static void wake(Tx tx) {
        SoleDuty.wake(tx, NAME);
    }

    /// How many items are being worked off, those that wait for another attempt among them.
    int underway() {
        return underway.size();
    }

    /// How many events wait for another attempt.
    int waiting() {
        return later.size();
    }

    @Override
    public void close() {
        duty.close();
        long end = System.nanoTime() + LONGEST_CLOSING.toNanos();
        boolean finished = roomLines.close(end - System.nanoTime());
        finished &= askingLines.close(end - System.nanoTime());
        finished &= edus.close(end - System.nanoTime());
        removal.close();
        if (!finished) {
            LOG.info("what was being received is left to the next start");
        }
    }

    @Override
    public void look() {
        tryAgain(later.due());
        long after = 0;
        List<Pending> page;
        do {
            long from = after;
            page = database.read(tx -> store.pending(tx, from, PAGE));
            for (Pending pending : page) {
                add(pending, null);
                after = pending.number();
            }
        } while (page.size() == PAGE);
        if (System.nanoTime() - forgotten > FORGET_EVERY.toNanos()) {
            forgotten = System.nanoTime();
            database.run(tx -> store.forgetTransactions(tx, TRANSACTIONS_KEPT));
        }
    }

    private void tryAgain(List<Attempt> attempts) {
        for (Attempt attempt : attempts) {
            RoomId room = Objects.requireNonNull(attempt.item().room());
            askingLines.add(new Asking(room, attempt.item().origin()), attempt);
        }
    }

    /// A server has sent something: it is there, and may be asked again.
    void heardOf(ServerName origin) {
        tryAgain(later.of(origin));
    }

    @Override
    public void end() {
        roomLines.clear();
        askingLines.clear();
        edus.clear();
        later.clear();
        underway.clear();
    }

    /// There is something to be worked off.
    ///
    /// @param event what it is, if it is an event and was read already
    void add(Pending pending, @Nullable Event event) {
        if (!underway.add(pending.number())) {
            return;
        }
        if (event != null) {
            events.put(pending.number(), event);
        }
        RoomId room = pending.room();
        if (room == null) {
            edus.add(pending);
        } else {
            roomLines.add(room, pending);
        }
    }

    private void take(RoomId room, List<Pending> all) {
        Map<ServerName, Entry> entries = entries(room, all);
        List<Pending> items = timely(room, all, entries);
        if (items.isEmpty()) {
            return;
        }
        Map<Pending, Event> readable = readable(items, entries);
        Set<EventId> lacking;
        try {
            lacking =
                    rooms.receive(
                            room,
                            readable.entrySet().stream()
                                    .map(each ->
                                            new Received(each.getKey().origin(), each.getValue()))
                                    .toList());
        } catch (RuntimeException e) {
            // SECURITY: whoever can send what cannot be handled keeps back nobody else's events.
            if (items.size() > 1) {
                items.forEach(item -> take(room, List.of(item)));
                return;
            }
            LOG.warn("an event for {} could not be received", room, e);
            lacking = Set.copyOf(readable.values().stream().map(Event::id).toList());
        }
        List<Long> finished = new ArrayList<>(items.size());
        for (Pending item : items) {
            Event event = readable.get(item);
            if (event != null && lacking.contains(event.id())) {
                askingLines.add(new Asking(room, item.origin()), new Attempt(item, 0));
            } else {
                finished.add(item.number());
            }
        }
        finish(finished);
    }

    private void ask(Asking line, List<Attempt> all) {
        List<Pending> items = all.stream().map(Attempt::item).toList();
        Map<ServerName, Entry> entries = entries(line.room(), items);
        Set<Pending> timely = Set.copyOf(timely(line.room(), items, entries));
        List<Attempt> attempts =
                all.stream().filter(attempt -> timely.contains(attempt.item())).toList();
        Map<Pending, Event> readable =
                readable(attempts.stream().map(Attempt::item).toList(), entries);
        List<Long> finished = new ArrayList<>();
        attempts.stream()
                .collect(Collectors.partitioningBy(Attempt::isLast))
                .forEach((last, some) -> {
                    List<Event> wanted =
                            some.stream()
                                    .map(attempt -> readable.get(attempt.item()))
                                    .filter(Objects::nonNull)
                                    .toList();
                    Set<EventId> again = wanted.isEmpty() ? Set.of() : asked(line, wanted, last);
                    for (Attempt attempt : some) {
                        Event event = readable.get(attempt.item());
                        if (event != null && again.contains(event.id())) {
                            later.add(attempt.next());
                        } else {
                            finished.add(attempt.item().number());
                        }
                    }
                });
        finish(finished);
    }

    private Set<EventId> asked(Asking line, List<Event> wanted, boolean last) {
        try {
            return rooms.receiveAsking(line.room(), line.origin(), wanted, last);
        } catch (RuntimeException e) {
            LOG.warn("events of {} for {} could not be received", line.origin(), line.room(), e);
            return last ? Set.of() : Set.copyOf(wanted.stream().map(Event::id).toList());
        }
    }

    /// Those of these items that need not wait until somebody here is in their room. The others are
    /// found by the next look, which whoever enters a room asks for.
    private List<Pending> timely(RoomId room, List<Pending> items, Map<ServerName, Entry> entries) {
        List<Pending> early = items.stream().filter(item -> isEarly(item, entries)).toList();
        if (early.isEmpty()) {
            return items;
        }
        early.forEach(this::undone);
        // That look may have been before this.
        Map<ServerName, Entry> now = entries(room, early);
        early.stream().filter(item -> !isEarly(item, now)).forEach(item -> add(item, null));
        return items.stream().filter(item -> !isEarly(item, entries)).toList();
    }

    private static boolean isEarly(Pending item, Map<ServerName, Entry> entries) {
        return entries.get(item.origin()) instanceof Entry.Awaited;
    }

    /// What those who sent these items may do in the room.
    private Map<ServerName, Entry> entries(RoomId room, List<Pending> items) {
        Map<ServerName, Entry> entries = new HashMap<>();
        for (Pending item : items) {
            entries.computeIfAbsent(item.origin(), origin -> rooms.entry(origin, room));
        }
        return entries;
    }

    /// The events of these items. Those of who may not send them any more are left out.
    private Map<Pending, Event> readable(List<Pending> items, Map<ServerName, Entry> entries) {
        Map<Pending, Event> found = new LinkedHashMap<>();
        List<Pending> unread = new ArrayList<>();
        for (Pending item : items) {
            if (!(entries.get(item.origin()) instanceof Entry.Open)
                    || !allowed.test(item.origin())) {
                continue;
            }
            Event known = events.getIfPresent(item.number());
            if (known == null) {
                unread.add(item);
            } else {
                found.put(item, known);
            }
        }
        if (!unread.isEmpty()) {
            Map<Long, byte[]> contents = contents(unread);
            for (Pending item : unread) {
                byte[] json = contents.get(item.number());
                if (json != null && entries.get(item.origin()) instanceof Entry.Open open) {
                    read(open, json, item, found);
                }
            }
        }
        return found;
    }

    private static void read(
            Entry.Open room, byte[] json, Pending item, Map<Pending, Event> found) {
        try {
            found.put(item, Event.parse(room.version(), Json.parseObject(json)));
        } catch (InvalidEvent e) {
            LOG.warn("the inbox has what is no event of its room any more");
        }
    }

    private Map<Long, byte[]> contents(Collection<Pending> items) {
        return database.read(
                tx -> store.contents(tx, items.stream().map(Pending::number).toList()));
    }

    /// Something unexpected, such as a database that cannot be reached: the next look finds it.
    private void undone(Pending item) {
        underway.remove(item.number());
    }

    private void finish(Collection<Long> numbers) {
        if (!numbers.isEmpty()) {
            done.addAll(numbers);
            removal.wake();
        }
    }

    /// What is done is removed together, as often as the database can.
    private void remove() {
        List<Long> numbers = new ArrayList<>();
        for (Long next = done.poll(); next != null; next = done.poll()) {
            numbers.add(next);
        }
        if (numbers.isEmpty()) {
            return;
        }
        try {
            database.run(tx -> store.remove(tx, numbers));
        } catch (RuntimeException e) {
            done.addAll(numbers);
            throw e;
        }
        events.invalidateAll(numbers);
        numbers.forEach(underway::remove);
    }
}
