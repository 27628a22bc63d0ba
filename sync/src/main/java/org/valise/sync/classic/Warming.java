package org.valise.sync.classic;

import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.state.StateLookups;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Takes into memory what a response about many rooms needs: a handful of queries, where asking
/// room by room would be thousands.
final class Warming {
    /// Fewer rooms are read one by one.
    private static final int WORTH_IT = 8;

    /// How many events of a room to take at most, where there are many rooms, and where there are
    /// few; and of all together.
    private static final int NEWEST = 100;

    private static final int NEWEST_OF_FEW = 1_000;
    private static final int NEWEST_OF_ALL = 50_000;

    /// How many state keys to look at in the state before each state event.
    private static final int MAX_KEYS = 200;

    private static final List<StateKey> ASKED_FOR =
            List.of(
                    StateKey.CREATE,
                    StateKey.POWER_LEVELS,
                    StateKey.HISTORY_VISIBILITY,
                    new StateKey(EventTypes.NAME, ""),
                    new StateKey(EventTypes.CANONICAL_ALIAS, ""));

    private final Rooms rooms;
    private final StateLookups lookups;
    private final RoomUnread unread;

    Warming(Rooms rooms, RoomUnread unread) {
        this.rooms = rooms;
        this.lookups = new StateLookups(rooms.states());
        this.unread = unread;
    }

    void warm(Collection<UserMembership> candidates, SyncRequest request) {
        if (candidates.size() < WORTH_IT) {
            return;
        }
        rooms.memberEvents().warm(candidates);
        List<UserMembership> joined =
                candidates.stream().filter(each -> each.membership() == Membership.JOIN).toList();
        if (joined.size() < WORTH_IT) {
            return;
        }
        List<Long> numbers = joined.stream().map(UserMembership::room).toList();
        long reader = request.reader().number();
        rooms.receipts().warm(reader, numbers, request.sincePosition());
        // Who has not synced here lately has nothing of their own in memory, warm as the rooms may
        // be.
        Set<Long> cold = new HashSet<>(unread.warm(reader, joined, request.position()));
        Map<Long, Long> after = new HashMap<>();
        for (UserMembership each : joined) {
            long read = unread.readUpTo(reader, each);
            after.put(
                    each.room(),
                    request.isInitial() ? read : Math.min(request.sincePosition(), read));
        }
        int atLeast = request.isInitial() ? timelineLimit(request) + 2 : 0;
        cold.addAll(rooms.views().warm(after, atLeast, newest(after.size())));
        if (cold.size() >= WORTH_IT) {
            warmStates(cold, request);
        }
    }

    /// How many of a room's events are read together with those of other rooms. Where more are
    /// unread, they are read for the room alone, to be counted.
    private static int newest(int rooms) {
        return Math.clamp(NEWEST_OF_ALL / rooms, NEWEST, NEWEST_OF_FEW);
    }

    private static int timelineLimit(SyncRequest request) {
        return request.filter().room().timeline().limit(RoomTimeline.DEFAULT_LIMIT, 50);
    }

    private void warmStates(Set<Long> cold, SyncRequest request) {
        Map<Long, Set<Long>> snapshots = new HashMap<>();
        Set<StateKey> keys = new HashSet<>(ASKED_FOR);
        keys.add(StateKey.member(request.reader().user()));
        for (long room : cold) {
            RoomView view = rooms.views().get(room);
            Set<Long> those = snapshots.computeIfAbsent(room, any -> new HashSet<>());
            those.add(view.stateNumberAt(request.position()));
            if (!request.isInitial()) {
                those.add(view.stateNumberAt(request.sincePosition()));
            }
            for (StoredEvent event :
                    view.timeline(
                                    request.sincePosition(),
                                    request.position(),
                                    timelineLimit(request))
                            .events()) {
                those.add(event.snapshotBefore());
                keys.add(StateKey.member(event.event().sender()));
            }
        }
        Set<Long> keyNumbers = new HashSet<>(rooms.keys().find(keys).values());
        warm(snapshots, keyNumbers);
        if (request.isInitial()) {
            warmStateEvents(cold, request, keyNumbers);
        }
    }

    /// The state itself, without the members, and what each of its events says of the one before
    /// it.
    private void warmStateEvents(Set<Long> cold, SyncRequest request, Set<Long> keys) {
        Map<Long, Set<Long>> shown = new HashMap<>();
        cold.forEach(room -> shown.put(room, shownStates(room, request)));
        rooms.states().warmOthers(shown.values().stream().flatMap(Set::stream).toList());
        Map<Long, Set<Long>> state = new HashMap<>();
        Set<Long> more = new HashSet<>(keys);
        shown.forEach((room, those) -> {
            Set<Long> events = state.computeIfAbsent(room, any -> new HashSet<>());
            for (long number : those) {
                rooms.states()
                        .snapshot(number)
                        .forEachOther((key, event) -> {
                            events.add(event);
                            if (more.size() < MAX_KEYS) {
                                more.add(key);
                            }
                        });
            }
        });
        rooms.events().warm(state);
        Map<Long, Set<Long>> snapshots = new HashMap<>();
        state.forEach((room, events) ->
                snapshots.put(
                        room,
                        rooms.events().load(room, events).values().stream()
                                .map(StoredEvent::snapshotBefore)
                                .collect(Collectors.toSet())));
        warm(snapshots, more);
        warm(beforeReplaced(state, more), keys);
    }

    /// The state now, and the one where the timeline begins.
    private Set<Long> shownStates(long room, SyncRequest request) {
        RoomView view = rooms.views().get(room);
        Set<Long> numbers = new HashSet<>();
        numbers.add(view.stateNumberAt(request.position()));
        List<StoredEvent> timeline =
                view.timeline(request.sincePosition(), request.position(), timelineLimit(request))
                        .events();
        if (!timeline.isEmpty()) {
            numbers.add(view.stateNumberAt(timeline.getFirst().position() - 1));
        }
        return numbers;
    }

    /// The states before those events that the state's events have replaced: whether the reader may
    /// see what stood there hangs on them.
    ///
    /// @param state the numbers of its events, by room
    /// @param known the keys that were looked at in the states before them
    private Map<Long, Set<Long>> beforeReplaced(Map<Long, Set<Long>> state, Set<Long> known) {
        Map<Long, Set<Long>> replaced = new HashMap<>();
        state.forEach((room, numbers) -> {
            Set<Long> those = new HashSet<>();
            for (StoredEvent event : rooms.events().load(room, numbers).values()) {
                if (known.contains(event.key())) {
                    those.add(rooms.states().snapshot(event.snapshotBefore()).get(event.key()));
                }
            }
            those.remove(0L);
            replaced.put(room, those);
        });
        Map<Long, Set<Long>> snapshots = new HashMap<>();
        rooms.events()
                .load(replaced)
                .values()
                .forEach(event ->
                        snapshots
                                .computeIfAbsent(event.room(), any -> new HashSet<>())
                                .add(event.snapshotBefore()));
        return snapshots;
    }

    /// @param snapshots by room
    private void warm(Map<Long, Set<Long>> snapshots, Set<Long> keys) {
        Set<Long> all = new HashSet<>();
        snapshots.values().forEach(all::addAll);
        Map<Long, Set<Long>> found = lookups.find(all, keys);
        Map<Long, Set<Long>> events = new HashMap<>();
        snapshots.forEach((room, those) -> {
            Set<Long> wanted = new HashSet<>();
            those.forEach(snapshot -> wanted.addAll(found.getOrDefault(snapshot, Set.of())));
            events.put(room, wanted);
        });
        rooms.events().warm(events);
    }
}
