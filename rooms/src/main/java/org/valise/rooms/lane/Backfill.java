package org.valise.rooms.lane;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Where events that another server had go in the room: before the oldest segment that lacks them
/// or one of their descendants.
///
/// @param oldestFirst each after all of its ancestors
record Backfill(List<Placed> oldestFirst) {
    /// An event and its place.
    record Placed(Event event, RoomOrder order) {}

    static Backfill of(List<Event> events, MissingEvents missing, UnitMemory memory) {
        Map<EventId, Event> batch = new LinkedHashMap<>();
        events.forEach(event -> batch.put(event.id(), event));
        memory.find(batch.keySet()).values().stream()
                .filter(StoredEvent::isInGraph)
                .forEach(known -> batch.remove(known.id()));
        List<Event> sorted = sorted(batch);
        List<Placed> placed = new ArrayList<>();
        Set<EventId> taken = new HashSet<>();
        missing.gaps()
                .forEach((segment, lacking) -> {
                    Set<EventId> mine = ancestors(lacking, batch, taken);
                    long index = missing.first().getOrDefault(segment, 0L) - mine.size();
                    for (Event event : sorted) {
                        if (mine.contains(event.id())) {
                            placed.add(new Placed(event, new RoomOrder(segment, index++)));
                        }
                    }
                });
        List<EventId> order = sorted.stream().map(Event::id).toList();
        Map<EventId, Integer> ranks = new HashMap<>();
        order.forEach(id -> ranks.put(id, ranks.size()));
        placed.sort((one, other) ->
                Integer.compare(
                        ranks.getOrDefault(one.event().id(), 0),
                        ranks.getOrDefault(other.event().id(), 0)));
        return new Backfill(List.copyOf(placed));
    }

    /// Those of the batch that a gap leads to.
    private static Set<EventId> ancestors(
            Collection<EventId> from, Map<EventId, Event> batch, Set<EventId> taken) {
        Set<EventId> found = new HashSet<>();
        Deque<EventId> open = new ArrayDeque<>(from);
        while (!open.isEmpty()) {
            EventId id = open.remove();
            Event event = batch.get(id);
            if (event != null && taken.add(id)) {
                found.add(id);
                open.addAll(event.prevEvents());
            }
        }
        return found;
    }

    /// Ancestors first, otherwise in the order given. SECURITY: in room versions 1 and 2 events may
    /// refer to each other in a circle; such events come last, and are found to lack ancestors.
    private static List<Event> sorted(Map<EventId, Event> batch) {
        Map<EventId, Integer> unsorted = new HashMap<>();
        Map<EventId, List<EventId>> children = new HashMap<>();
        for (Event event : batch.values()) {
            int parents = 0;
            for (EventId parent : new HashSet<>(event.prevEvents())) {
                if (batch.containsKey(parent)) {
                    children.computeIfAbsent(parent, any -> new ArrayList<>()).add(event.id());
                    parents++;
                }
            }
            unsorted.put(event.id(), parents);
        }
        List<Event> sorted = new ArrayList<>();
        Set<EventId> done = new HashSet<>();
        Deque<Event> ready = new ArrayDeque<>();
        batch.values().stream()
                .filter(event -> unsorted.getOrDefault(event.id(), 0) == 0)
                .forEach(ready::add);
        while (!ready.isEmpty()) {
            Event event = ready.remove();
            sorted.add(event);
            done.add(event.id());
            for (EventId child : children.getOrDefault(event.id(), List.of())) {
                if (unsorted.merge(child, -1, Integer::sum) == 0) {
                    Event next = batch.get(child);
                    if (next != null) {
                        ready.add(next);
                    }
                }
            }
        }
        batch.values().stream().filter(event -> !done.contains(event.id())).forEach(sorted::add);
        return sorted;
    }
}
