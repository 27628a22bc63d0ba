package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.filter.RoomFilter;
import org.valise.protocol.id.UserId;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.Heroes.Hero;
import org.valise.rooms.view.RoomView;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which state events a sync response has for a room.
final class StateSelection {
    private final Events events;
    private final StateKeys keys;
    private final SentMembers sentMembers;

    StateSelection(Events events, StateKeys keys, SentMembers sentMembers) {
        this.events = events;
        this.keys = keys;
        this.sentMembers = sentMembers;
    }

    /// The state that the reader needs besides the timeline.
    ///
    /// @param from the state that the reader has; null for none
    /// @param heroes whom the summary names: a lazy client needs their member events
    /// @param asOf the position up to which they are answered
    List<StoredEvent> select(
            RoomView view,
            SyncRequest request,
            @Nullable StateSnapshot from,
            RoomTimeline timeline,
            List<Hero> heroes,
            long asOf) {
        StateSnapshot end = view.stateAt(asOf);
        StateSnapshot start =
                timeline.events().isEmpty()
                        ? end
                        : view.stateAt(timeline.events().getFirst().position() - 1);
        // Entries by key; what comes later wins.
        Map<Long, Long> wanted = new HashMap<>();
        boolean lazy = request.filter().room().lazyLoadMembers();
        StateSnapshot target = request.stateAfter() ? end : start;
        difference(from, target, lazy, wanted);
        if (!request.stateAfter()) {
            addUnexplained(start, end, timeline, wanted);
        }
        if (lazy) {
            Set<Long> members = whoMatters(request, from, timeline, heroes);
            addMembers(view, request, timeline, target, wanted, members);
        }
        return load(view, request, timeline, wanted.values());
    }

    private List<StoredEvent> load(
            RoomView view, SyncRequest request, RoomTimeline timeline, Collection<Long> wanted) {
        Set<Long> inTimeline = new LinkedHashSet<>();
        timeline.events().forEach(event -> inTimeline.add(event.number()));
        List<Long> numbers =
                wanted.stream()
                        .filter(number -> request.stateAfter() || !inTimeline.contains(number))
                        .sorted()
                        .toList();
        List<StoredEvent> selected = new ArrayList<>(numbers.size());
        Map<Long, StoredEvent> loaded = events.load(view.room().number(), numbers);
        RoomFilter filter = request.filter().room();
        for (long number : numbers) {
            StoredEvent event = loaded.get(number);
            if (event != null && filter.state().matches(event.event())) {
                selected.add(event);
            }
        }
        return selected;
    }

    private static void difference(
            @Nullable StateSnapshot from,
            StateSnapshot target,
            boolean lazy,
            Map<Long, Long> wanted) {
        if (from == null) {
            target.forEachOther(wanted::put);
            if (!lazy) {
                target.forEachMember(wanted::put);
            }
            return;
        }
        // A limited sync carries every membership change of the gap, lazy or not.
        StateSnapshot.Difference changed =
                (key, before, after) -> {
                    if (after != 0) {
                        wanted.put(key, after);
                    }
                };
        from.diffOthers(target, changed);
        from.diffMembers(target, changed);
    }

    /// What state resolution let in or out within the timeline: neither the state at its start nor
    /// its own state events tell it.
    private static void addUnexplained(
            StateSnapshot start, StateSnapshot end, RoomTimeline timeline, Map<Long, Long> wanted) {
        if (start == end || timeline.events().isEmpty()) {
            return;
        }
        Map<Long, Long> told = new HashMap<>();
        for (StoredEvent event : timeline.events()) {
            if (event.isState()) {
                told.put(event.key(), event.number());
            }
        }
        StateSnapshot.Difference changed =
                (key, before, after) -> {
                    if (after != 0 && told.getOrDefault(key, 0L) != after) {
                        wanted.put(key, after);
                    }
                };
        start.diffOthers(end, changed);
        start.diffMembers(end, changed);
    }

    /// Who speaks, whom the summary names, and the reader: the keys of their membership.
    private Set<Long> whoMatters(
            SyncRequest request,
            @Nullable StateSnapshot from,
            RoomTimeline timeline,
            List<Hero> heroes) {
        Set<UserId> speaking = new LinkedHashSet<>();
        timeline.events().forEach(event -> speaking.add(event.event().sender()));
        if (from == null) {
            // "servers MUST include the syncing user's own membership event when they join a room,
            // or when the full state of rooms is requested"
            speaking.add(request.reader().user());
        }
        Set<Long> members = new LinkedHashSet<>(keys(speaking));
        heroes.forEach(hero -> members.add(hero.key()));
        return members;
    }

    /// Lazy loading: the members who matter, unless the device has them.
    private void addMembers(
            RoomView view,
            SyncRequest request,
            RoomTimeline timeline,
            StateSnapshot target,
            Map<Long, Long> wanted,
            Set<Long> members) {
        long room = view.room().number();
        long session = request.reader().session();
        boolean redundant =
                request.fullState() || request.filter().room().includeRedundantMembers();
        for (long key : members) {
            long number = target.get(key);
            if (number == 0 || wanted.containsKey(key)) {
                continue;
            }
            if (redundant
                    || !sentMembers.has(session, room, key, number, request.sincePosition())) {
                wanted.put(key, number);
            }
        }
        wanted.forEach((key, number) -> remember(request, room, key, number));
        for (StoredEvent event : timeline.events()) {
            remember(request, room, event.key(), event.number());
        }
    }

    private void remember(SyncRequest request, long room, long key, long number) {
        if (StateSnapshot.isMember(key)) {
            sentMembers.add(request.reader().session(), room, key, number, request.position());
        }
    }

    private Collection<Long> keys(Collection<UserId> users) {
        return keys.find(users.stream().map(StateKey::member).toList()).values();
    }
}
