package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthState;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A room's events and states as one unit sees them: what is committed, what is on its way there,
/// and what the unit makes itself.
final class UnitMemory {
    private final RoomWriter.Tools tools;
    private final Lane lane;
    private final RoomVersion version;

    /// Events of this unit: not committed, so not in the cache.
    private final Map<Long, StoredEvent> own = new HashMap<>();

    /// What was asked for and is not committed, so that it is asked for once; and what is an event
    /// of another room.
    private final Set<EventId> absent = new HashSet<>();

    private final Set<EventId> elsewhere = new HashSet<>();

    /// Events that are known by their content alone, as they were read: the cache does not answer
    /// for them, and who comes by a join cites the same few again and again.
    private final Map<EventId, StoredEvent> byContent = new HashMap<>();

    /// Snapshots that this unit stores, and their bytes.
    private final Map<StateSnapshot, byte[]> blobs = new LinkedHashMap<>();

    UnitMemory(RoomWriter.Tools tools, Lane lane, RoomVersion version) {
        this.tools = tools;
        this.lane = lane;
        this.version = version;
    }

    void add(StoredEvent event) {
        own.put(event.number(), event);
    }

    boolean isOwn(long event) {
        return own.containsKey(event);
    }

    Map<StateSnapshot, byte[]> blobs() {
        return blobs;
    }

    StoredEvent event(long number) {
        StoredEvent uncommitted = uncommitted(number);
        return uncommitted != null ? uncommitted : tools.events().get(lane.room(), number);
    }

    private @Nullable StoredEvent uncommitted(long number) {
        StoredEvent mine = own.get(number);
        return mine != null ? mine : lane.underway(number);
    }

    /// Events that are on their way to the database, and those of this unit.
    Collection<StoredEvent> uncommitted() {
        Map<Long, StoredEvent> all = new HashMap<>();
        lane.underway().forEach(event -> all.put(event.number(), event));
        all.putAll(own);
        return all.values();
    }

    /// Those of these events that this room has, in at most one query.
    Map<EventId, StoredEvent> find(Collection<EventId> ids) {
        Set<EventId> unread = new HashSet<>(ids);
        Map<EventId, StoredEvent> found = new HashMap<>();
        // First those on their way: what has arrived meanwhile is in the database.
        for (Collection<StoredEvent> newer : List.of(lane.underway(), own.values())) {
            for (StoredEvent event : newer) {
                if (unread.contains(event.id())) {
                    found.put(event.id(), event);
                }
            }
        }
        unread.removeAll(found.keySet());
        unread.removeAll(absent);
        unread.removeIf(id -> {
            StoredEvent known = byContent.get(id);
            if (known != null) {
                found.put(id, known);
            }
            return known != null;
        });
        read(unread, found);
        return found;
    }

    private void read(Set<EventId> ids, Map<EventId, StoredEvent> found) {
        absent.addAll(ids);
        tools.events()
                .byIds(ids)
                .forEach((id, event) -> {
                    absent.remove(id);
                    // SECURITY: an event of another room is no ancestor, whoever says so.
                    if (event.room() != lane.room()) {
                        elsewhere.add(id);
                        return;
                    }
                    found.put(id, event);
                    if (!event.status().isFinal()) {
                        byContent.put(id, event);
                    }
                });
    }

    /// Whether [#find] met this event in another room.
    boolean isElsewhere(EventId id) {
        return elsewhere.contains(id);
    }

    /// The events under these keys of a state, in at most two queries.
    Map<StateKey, StoredEvent> state(StateSnapshot snapshot, Collection<StateKey> keys) {
        Map<StateKey, Long> numbers = new HashMap<>();
        tools.keys()
                .find(keys)
                .forEach((key, number) -> {
                    long event = snapshot.get(number);
                    if (event != 0) {
                        numbers.put(key, event);
                    }
                });
        Map<StateKey, StoredEvent> found = new HashMap<>();
        Set<Long> committed = new HashSet<>();
        numbers.forEach((key, number) -> {
            StoredEvent uncommitted = uncommitted(number);
            if (uncommitted == null) {
                committed.add(number);
            } else {
                found.put(key, uncommitted);
            }
        });
        Map<Long, StoredEvent> loaded = tools.events().load(lane.room(), committed);
        numbers.forEach((key, number) -> {
            StoredEvent event = loaded.get(number);
            if (event != null) {
                found.put(key, event);
            }
        });
        return found;
    }

    /// Events by number, in at most one query.
    Map<Long, StoredEvent> events(Collection<Long> numbers) {
        Map<Long, StoredEvent> found = new HashMap<>();
        Set<Long> committed = uncommitted(numbers, found);
        found.putAll(tools.events().load(lane.room(), committed));
        return found;
    }

    /// The same, but what is not in memory is not taken into it.
    Map<Long, StoredEvent> eventsInPassing(Collection<Long> numbers) {
        Map<Long, StoredEvent> found = new HashMap<>();
        Set<Long> committed = uncommitted(numbers, found);
        for (StoredEvent event : tools.events().inPassing(lane.room(), committed)) {
            found.put(event.number(), event);
        }
        if (found.size() < numbers.size()) {
            throw new IllegalStateException("room " + lane.room() + " lacks events of its state");
        }
        return found;
    }

    /// Adds those that are not committed.
    ///
    /// @return the numbers of the others
    private Set<Long> uncommitted(Collection<Long> numbers, Map<Long, StoredEvent> found) {
        Set<Long> committed = new HashSet<>();
        for (long number : numbers) {
            StoredEvent uncommitted = uncommitted(number);
            if (uncommitted == null) {
                committed.add(number);
            } else {
                found.put(number, uncommitted);
            }
        }
        return committed;
    }

    StateSnapshot snapshot(long number, StateSnapshot current) {
        if (number == current.number()) {
            return current;
        }
        for (StateSnapshot fresh : blobs.keySet()) {
            if (fresh.number() == number) {
                return fresh;
            }
        }
        StateSnapshot underway = lane.snapshotUnderway(number);
        return underway != null ? underway : tools.states().snapshot(number);
    }

    /// The snapshot under a number: the one it has, or a new one.
    StateSnapshot numbered(StateSnapshot snapshot, StateSnapshot current) {
        if (snapshot.number() != 0 || snapshot.sameAs(StateSnapshot.EMPTY)) {
            return snapshot;
        }
        if (snapshot.sameAs(current)) {
            return current;
        }
        for (StateSnapshot fresh : blobs.keySet()) {
            if (snapshot.sameAs(fresh)) {
                return fresh;
            }
        }
        StateSnapshot.Stored made = snapshot.stored(tools.stateNumbers().take());
        blobs.put(made.snapshot(), made.bytes());
        return made.snapshot();
    }

    /// What the authorization rules are asked with: power levels are not parsed anew for each
    /// event.
    AuthState authState(Map<StateKey, StoredEvent> state) {
        return new AuthState() {
            @Override
            public @Nullable Event get(StateKey key) {
                StoredEvent stored = state.get(key);
                return stored == null ? null : stored.event();
            }

            @Override
            public PowerLevels powerLevels(RoomVersion ofRoom, Event create) {
                return UnitMemory.this.powerLevels(state.get(StateKey.POWER_LEVELS), create);
            }
        };
    }

    PowerLevels powerLevels(Map<StateKey, StoredEvent> state) {
        StoredEvent create = state.get(StateKey.CREATE);
        if (create == null) {
            throw new IllegalStateException("room " + lane.room() + " has no create event");
        }
        return powerLevels(state.get(StateKey.POWER_LEVELS), create.event());
    }

    private PowerLevels powerLevels(@Nullable StoredEvent levels, Event create) {
        long number = levels == null ? 0 : levels.number();
        PowerLevels known = lane.powerLevels(number);
        if (known == null) {
            known = PowerLevels.of(version, levels == null ? null : levels.event(), create);
            if (number == 0 || !own.containsKey(number)) {
                lane.rememberPowerLevels(number, known);
            }
        }
        return known;
    }

    StateResolver resolver() {
        return new StateResolver(
                version,
                tools.keys(),
                tools.states(),
                () ->
                        lane.graph(
                                () -> tools.events().store().stateEvents(lane.room()),
                                own.values()),
                tools.verifier());
    }

    /// The event's state key as a number; 0 if it is no state event.
    long key(Event event) {
        String stateKey = event.stateKey();
        return stateKey == null ? 0 : tools.keys().number(new StateKey(event.type(), stateKey));
    }
}
