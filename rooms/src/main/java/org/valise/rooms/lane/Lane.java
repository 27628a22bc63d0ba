package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// One room's memory on this node. Everything but [#reset()] and [#epoch()] needs the lock.
final class Lane {
    final ReentrantLock lock = new ReentrantLock(true);
    private static final int BYTES_ALONE = 1_500;
    private static final int BYTES_AN_ENTRY = 20;
    private static final int BYTES_A_NODE = 150;

    private final long room;
    private final AtomicLong epoch = new AtomicLong();
    private long loadedEpoch = -1;
    private Head head = Head.NONE;

    /// The power levels of the last power_levels event seen, so that it is not parsed for every
    /// send.
    private long powerLevelsEvent = -1;

    private @Nullable PowerLevels powerLevels;
    private @Nullable RoomGraph graph;
    private @Nullable MissingEvents missing;
    private @Nullable Boolean earlyRedactions;

    /// Events of units on their way to the database, by number: writers that come after build on
    /// them.
    private final Map<Long, StoredEvent> underway = new ConcurrentHashMap<>();

    private final Map<Long, StateSnapshot> snapshotsUnderway = new ConcurrentHashMap<>();

    private volatile int weight = BYTES_ALONE;
    private volatile int weighed = BYTES_ALONE;

    Lane(long room) {
        this.room = room;
    }

    /// About how many bytes it takes.
    int weigh() {
        weighed = weight;
        return weighed;
    }

    /// Whether it should be weighed anew. Needs the lock.
    boolean hasOutgrownItsWeight() {
        StateSnapshot state = head.current();
        RoomGraph known = graph;
        weight =
                BYTES_ALONE
                        + BYTES_AN_ENTRY * (state.memberEntries() + state.otherEntries())
                        + (known == null ? 0 : BYTES_A_NODE * known.size());
        return weight > weighed + weighed / 4;
    }

    long room() {
        return room;
    }

    /// What is in memory may not be true any more: the next writer loads it anew, and units that
    /// built on it are stale.
    void reset() {
        epoch.incrementAndGet();
    }

    long epoch() {
        return epoch.get();
    }

    /// The head as of now, loaded if need be.
    Head head(HeadStore store) {
        long now = epoch.get();
        if (loadedEpoch != now) {
            head = store.load(room);
            graph = null;
            missing = null;
            earlyRedactions = null;
            loadedEpoch = now;
        }
        return head;
    }

    /// The epoch that the present head belongs to.
    long loadedEpoch() {
        return loadedEpoch;
    }

    /// @param nowMissing null if it was not looked at
    void advance(Head next, @Nullable MissingEvents nowMissing) {
        head = next;
        if (nowMissing != null) {
            missing = nowMissing;
        }
    }

    /// What the room is known to lack, loaded when first asked for.
    MissingEvents missing(MissingEventStore store) {
        MissingEvents known = missing;
        if (known == null) {
            known = MissingEvents.load(store, room);
            missing = known;
        }
        return known;
    }

    /// Whether redactions of the room wait for what they redact, or did not long ago.
    boolean mayHaveEarlyRedactions(EarlyRedactionStore store) {
        Boolean known = earlyRedactions;
        if (known == null) {
            known = store.isAny(room);
            earlyRedactions = known;
        }
        return known;
    }

    void expectEarlyRedactions() {
        earlyRedactions = true;
    }

    @Nullable PowerLevels powerLevels(long event) {
        return powerLevelsEvent == event ? powerLevels : null;
    }

    void rememberPowerLevels(long event, PowerLevels levels) {
        powerLevelsEvent = event;
        powerLevels = levels;
    }

    /// The auth links of the room's state events, loaded when first asked for.
    ///
    /// @param uncommitted events of the unit that is being written
    RoomGraph graph(Supplier<List<StoredEvent>> load, Collection<StoredEvent> uncommitted) {
        RoomGraph known = graph;
        if (known == null) {
            // In this order: what is committed in between is in both.
            List<StoredEvent> all = new ArrayList<>(underway.values());
            all.addAll(uncommitted);
            all.removeIf(event -> !hasNode(event));
            all.addAll(load.get());
            known = RoomGraph.of(all);
            graph = known;
        }
        return known;
    }

    void begin(Collection<StoredEvent> events, Collection<StateSnapshot> snapshots) {
        events.forEach(event -> underway.put(event.number(), event));
        snapshots.forEach(each -> snapshotsUnderway.put(each.number(), each));
    }

    void end(Collection<StoredEvent> events, Collection<StateSnapshot> snapshots) {
        events.forEach(event -> underway.remove(event.number()));
        snapshots.forEach(each -> snapshotsUnderway.remove(each.number()));
    }

    @Nullable StateSnapshot snapshotUnderway(long number) {
        return snapshotsUnderway.get(number);
    }

    @Nullable StoredEvent underway(long event) {
        return underway.get(event);
    }

    void extendGraph(StoredEvent event) {
        RoomGraph known = graph;
        if (known != null && hasNode(event)) {
            known.add(event);
        }
    }

    private static boolean hasNode(StoredEvent event) {
        return event.isState() && event.status() != EventStatus.WAITING;
    }

    /// Outliers come to a room without its lane: the graph is loaded anew when it lacks one that is
    /// needed.
    void forgetGraphWithout(Collection<Long> events) {
        RoomGraph known = graph;
        if (known != null && !known.hasAll(events)) {
            graph = null;
        }
    }

    Collection<StoredEvent> underway() {
        return underway.values();
    }
}
