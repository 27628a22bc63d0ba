package org.valise.rooms.view;

import org.jspecify.annotations.Nullable;
import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/// The newest part of one room, as of any position in it. Safe for any number of readers.
public final class RoomView {
    static final int RECENT = 64;
    private static final int MAX_RECENT = 2 * RECENT;

    private static final int BYTES_ALONE = 1_500;
    private static final int BYTES_AN_EVENT = 500;
    private static final int BYTES_A_STATE = 100;

    private final RoomRef room;
    private final EventStore events;
    private final CurrentStateStore currentStates;
    private final StateStore states;

    /// Ascending by position; everything live in the room after [#floor].
    private final List<StoredEvent> recent = new ArrayList<>();

    /// Ascending by position; the first is the state at [#floor].
    private final List<StateAt> stateChanges = new ArrayList<>();

    private long floor;
    private volatile boolean loaded;
    private final ReentrantLock loading = new ReentrantLock();
    private List<EventChange> pending = new ArrayList<>();

    /// Of the events' JSON.
    private int jsonBytes;

    private volatile int weight = BYTES_ALONE;
    private volatile int weighed = BYTES_ALONE;

    RoomView(RoomRef room, EventStore events, CurrentStateStore currentStates, StateStore states) {
        this.room = room;
        this.events = events;
        this.currentStates = currentStates;
        this.states = states;
    }

    public RoomRef room() {
        return room;
    }

    /// About how many bytes it takes.
    int weigh() {
        weighed = weight;
        return weighed;
    }

    boolean hasOutgrownItsWeight() {
        return weight > weighed + weighed / 4;
    }

    private void weightChanged() {
        weight =
                BYTES_ALONE
                        + BYTES_AN_EVENT * recent.size()
                        + BYTES_A_STATE * stateChanges.size()
                        + jsonBytes;
    }

    /// The live events with positions in `(after, asOf]`: the newest `limit` of them, in order.
    public Slice timeline(long after, long asOf, int limit) {
        synchronized (this) {
            if (after >= floor) {
                return fromRecent(after, asOf, limit);
            }
            Slice slice = fromRecent(floor, asOf, limit);
            if (slice.limited()) {
                return slice;
            }
        }
        List<StoredEvent> newest = events.between(room.number(), after, asOf, limit + 1);
        boolean limited = newest.size() > limit;
        return new Slice(newest.subList(0, Math.min(limit, newest.size())).reversed(), limited);
    }

    private Slice fromRecent(long after, long asOf, int limit) {
        int end = recent.size();
        while (end > 0 && recent.get(end - 1).position() > asOf) {
            end--;
        }
        int from = end;
        while (from > 0 && end - from < limit && recent.get(from - 1).position() > after) {
            from--;
        }
        boolean limited = from > 0 && recent.get(from - 1).position() > after;
        return new Slice(List.copyOf(recent.subList(from, end)), limited);
    }

    /// The room's current state at a position.
    public StateSnapshot stateAt(long position) {
        return at(position).snapshot(states);
    }

    /// The number of that state, without reading it.
    public long stateNumberAt(long position) {
        return at(position).number;
    }

    /// How many members it had then.
    public MemberCounts membersAt(long position) {
        return at(position).members;
    }

    /// How many members it had at each position from one on: for asking of many of them.
    public LongFunction<MemberCounts> membersFrom(long position) {
        synchronized (this) {
            if (position >= floor) {
                return this::membersAt;
            }
        }
        NavigableMap<Long, MemberCounts> counts = new TreeMap<>();
        counts.put(position, currentStates.at(room.number(), position).members());
        for (CurrentStateStore.Entry entry : currentStates.since(room.number(), position)) {
            counts.put(entry.position(), entry.members());
        }
        return each -> counts.floorEntry(each).getValue();
    }

    private StateAt at(long position) {
        StateAt known = knownStateAt(position);
        return known != null
                ? known
                : new StateAt(position, currentStates.at(room.number(), position));
    }

    private synchronized @Nullable StateAt knownStateAt(long position) {
        for (int i = stateChanges.size() - 1; i >= 0 && position >= floor; i--) {
            if (stateChanges.get(i).position <= position) {
                return stateChanges.get(i);
            }
        }
        return null;
    }

    /// The position of the newest live event at or before a position; 0 if there is none in memory.
    public synchronized long lastPosition(long asOf) {
        for (int i = recent.size() - 1; i >= 0; i--) {
            if (recent.get(i).position() <= asOf) {
                return recent.get(i).position();
            }
        }
        return 0;
    }

    /// Reads what is there as of a position, then applies what came meanwhile.
    void load(LongSupplier lastPosition) {
        if (loaded) {
            return;
        }
        loading.lock();
        try {
            if (!loaded) {
                read(lastPosition.getAsLong());
            }
        } finally {
            loading.unlock();
        }
    }

    boolean isLoaded() {
        return loaded;
    }

    /// Takes what was read for many rooms at once: everything after `from` as of `position`.
    ///
    /// @param newest newest first
    /// @param entries the state at `from`, if there was any yet, and what changed after it
    void fill(
            long from,
            long position,
            List<StoredEvent> newest,
            List<CurrentStateStore.Entry> entries) {
        loading.lock();
        try {
            if (!loaded) {
                take(from, position, newest, entries);
            }
        } finally {
            loading.unlock();
        }
    }

    private void read(long position) {
        List<StoredEvent> newest = events.between(room.number(), 0, position, RECENT);
        long from = newest.size() < RECENT ? 0 : newest.getLast().position() - 1;
        List<CurrentStateStore.Entry> entries = new ArrayList<>();
        entries.add(currentStates.at(room.number(), from));
        entries.addAll(currentStates.since(room.number(), from));
        take(from, position, newest, entries);
    }

    private void take(
            long from,
            long position,
            List<StoredEvent> newest,
            List<CurrentStateStore.Entry> entries) {
        List<StateAt> changes = new ArrayList<>();
        changes.add(new StateAt(from, CurrentStateStore.Entry.NONE));
        for (CurrentStateStore.Entry entry : entries) {
            if (entry.position() <= from) {
                changes.set(0, new StateAt(from, entry));
            } else if (entry.position() <= position) {
                changes.add(new StateAt(entry.position(), entry));
            }
        }
        synchronized (this) {
            floor = from;
            for (StoredEvent event : newest.reversed()) {
                recent.add(event);
                jsonBytes += event.event().bytes().length;
            }
            stateChanges.addAll(changes);
            for (EventChange change : pending) {
                if (change.position() > position) {
                    applyLoaded(change);
                }
            }
            pending = List.of();
            weightChanged();
            loaded = true;
        }
    }

    synchronized void apply(EventChange change) {
        if (loaded) {
            applyLoaded(change);
        } else {
            pending.add(change);
        }
    }

    private void applyLoaded(EventChange change) {
        recent.add(change.event());
        jsonBytes += change.event().event().bytes().length;
        StateSnapshot after = change.after();
        if (after != null) {
            stateChanges.add(new StateAt(change.position(), after, change.members()));
        }
        StoredEvent redacted = change.redacted();
        if (redacted != null) {
            recent.replaceAll(event -> event.number() == redacted.number() ? redacted : event);
        }
        if (recent.size() > MAX_RECENT) {
            trim();
        }
        weightChanged();
    }

    private void trim() {
        List<StoredEvent> old = recent.subList(0, recent.size() - RECENT);
        floor = old.getLast().position();
        old.forEach(event -> jsonBytes -= event.event().bytes().length);
        old.clear();
        int base = 0;
        while (base + 1 < stateChanges.size() && stateChanges.get(base + 1).position <= floor) {
            base++;
        }
        stateChanges.subList(0, base).clear();
    }

    /// Events in order; limited if there were more before them.
    public record Slice(List<StoredEvent> events, boolean limited) {
        /// What follows the last gap: whoever sees this as the newest events must know that there
        /// are others just before the first. (They may be backfilled, and are never in a slice.)
        public Slice sinceGap() {
            for (int i = events.size() - 1; i >= 0; i--) {
                RoomOrder place = events.get(i).order();
                if (place != null && place.followsGap()) {
                    return new Slice(events.subList(i, events.size()), true);
                }
            }
            return this;
        }
    }

    private static final class StateAt {
        private final long position;
        private final long number;
        private final MemberCounts members;
        private volatile @Nullable StateSnapshot snapshot;

        StateAt(long position, CurrentStateStore.Entry entry) {
            this.position = position;
            this.number = entry.snapshot();
            this.members = entry.members();
        }

        StateAt(long position, StateSnapshot snapshot, MemberCounts members) {
            this.position = position;
            this.number = snapshot.number();
            this.snapshot = snapshot;
            this.members = members;
        }

        StateSnapshot snapshot(StateStore states) {
            StateSnapshot known = snapshot;
            if (known == null) {
                known = states.snapshot(number);
                snapshot = known;
            }
            return known;
        }
    }
}
