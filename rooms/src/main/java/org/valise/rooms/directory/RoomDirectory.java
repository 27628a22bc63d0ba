package org.valise.rooms.directory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;
import org.valise.rooms.view.RoomViews;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// This server's directory of rooms.
///
/// What it shows of a room is a row, made anew when the room's state changes: behind the commit, on
/// a thread of its own. Whoever reads waits for it, for a bounded time.
public final class RoomDirectory implements StreamFollower, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoomDirectory.class);
    private static final Duration COUNTED = Duration.ofSeconds(10);
    private static final int ESTIMATED_FROM = 1_000;

    private final PublishedRoomStore store;
    private final Stream stream;
    private final RoomViews views;
    private final StateKeys keys;
    private final Events events;

    private final Cache<Boolean, Long> count =
            Caffeine.newBuilder().expireAfterWrite(COUNTED).build();

    private final CatchUpWorker worker = new CatchUpWorker("directory", this::refreshChanged);

    /// Rooms to be shown anew.
    private final Set<Long> changed = ConcurrentHashMap.newKeySet();

    public RoomDirectory(
            PublishedRoomStore store,
            Stream stream,
            RoomViews views,
            StateKeys keys,
            Events events) {
        this.store = store;
        this.stream = stream;
        this.views = views;
        this.keys = keys;
        this.events = events;
    }

    /// Whether a room is listed.
    public boolean has(long room) {
        return store.has(room);
    }

    void publish(long room) {
        store.add(room);
        refresh(room);
        count.invalidateAll();
    }

    void withdraw(long room) {
        store.remove(room);
        count.invalidateAll();
    }

    /// Shows a room in place of another one, if that one is shown.
    public void replace(long replaced, long replacement) {
        if (has(replaced)) {
            publish(replacement);
            withdraw(replaced);
        }
    }

    /// How many rooms are listed, as of a little while ago: counting them takes longer than a page.
    long estimate() {
        Long known = count.getIfPresent(true);
        if (known == null) {
            known = store.count();
            count.put(true, known);
        }
        return known;
    }

    /// Of a few rooms each is noticed.
    private void forgetSmallCount() {
        Long known = count.getIfPresent(true);
        if (known != null && known < ESTIMATED_FROM) {
            count.invalidateAll();
        }
    }

    PublishedRoomStore store() {
        return store;
    }

    /// Makes good what a node that was stopped left undone. Once, after the start of the stream.
    public void catchUp() {
        try {
            refreshLater(Set.copyOf(store.outdated()));
        } catch (RuntimeException e) {
            LOG.warn("the directory could not be brought up to date", e);
        }
    }

    @Override
    public void applied(List<Change> changes, long position) {
        Set<Long> rooms = new HashSet<>();
        for (Change change : changes) {
            if (change instanceof EventChange event
                    && (event.after() != null || event.redacted() != null)) {
                rooms.add(event.room());
            }
        }
        refreshLater(rooms);
    }

    private void refreshLater(Set<Long> rooms) {
        if (!rooms.isEmpty()) {
            changed.addAll(rooms);
            worker.wake();
        }
    }

    /// If this fails, what is shown is made again with the room's next change, or at the next
    /// start.
    private void refreshChanged() {
        Set<Long> rooms = Set.copyOf(changed);
        changed.removeAll(rooms);
        long[] numbers = rooms.stream().mapToLong(Long::longValue).toArray();
        for (long room : store.among(numbers)) {
            if (worker.isClosed()) {
                return;
            }
            refresh(room);
        }
        forgetSmallCount();
    }

    /// Leaves the rest to the next start, and waits until nothing is under way.
    @Override
    public void close() {
        worker.close();
    }

    /// Waits until what is shown is as of now.
    void settle() {
        worker.settle();
    }

    private void refresh(long room) {
        long position = stream.applied();
        RoomView view = views.get(room);
        StateSnapshot state = view.stateAt(position);
        Map<Long, StateKey> wanted = new HashMap<>();
        keys.find(PublishedRoom.STATE)
                .forEach((key, number) -> {
                    long event = state.get(number);
                    if (event != 0) {
                        wanted.put(event, key);
                    }
                });
        Map<StateKey, Event> found = new HashMap<>();
        for (StoredEvent event : events.load(room, wanted.keySet()).values()) {
            found.put(wanted.get(event.number()), event.event());
        }
        int joined = view.membersAt(position).joined();
        store.show(room, PublishedRoom.of(view.room().id(), joined, found), position);
    }
}
