package org.valise.rooms.lane;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.stateresolution.AuthGraph;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The auth links of a room's state events as numbers, between what the database calls an event and
/// what the [AuthGraph] calls it. Made when a room first forks, then kept up to date.
final class RoomGraph {
    private final AuthGraph graph = new AuthGraph();
    private final Map<Long, Integer> nodes = new HashMap<>();
    private final Map<EventId, Integer> nodesById = new HashMap<>();
    private final List<StoredEvent> events = new ArrayList<>();

    /// @param stateEvents every state event of the room, whatever became of it, in any order
    static RoomGraph of(List<StoredEvent> stateEvents) {
        RoomGraph made = new RoomGraph();
        Map<EventId, StoredEvent> byId = new HashMap<>();
        stateEvents.forEach(event -> byId.put(event.id(), event));
        for (StoredEvent event : stateEvents) {
            made.addWithAncestors(event, byId);
        }
        return made;
    }

    /// Depth first, without recursion: an auth chain may be as long as its room is old.
    private void addWithAncestors(StoredEvent event, Map<EventId, StoredEvent> byId) {
        Deque<StoredEvent> open = new ArrayDeque<>();
        open.push(event);
        while (!open.isEmpty()) {
            StoredEvent next = open.peek();
            boolean ready = true;
            if (!nodes.containsKey(next.number())) {
                for (EventId parent : next.event().authEvents()) {
                    StoredEvent known = byId.get(parent);
                    if (known != null && !nodes.containsKey(known.number())) {
                        open.push(known);
                        ready = false;
                    }
                }
            }
            if (ready) {
                add(open.pop());
            }
        }
    }

    void add(StoredEvent stored) {
        Integer known = nodes.get(stored.number());
        if (known != null) {
            events.set(known, stored); // it may have been judged
            return;
        }
        Event event = stored.event();
        int[] parents =
                event.authEvents().stream()
                        .map(nodesById::get)
                        .filter(Objects::nonNull)
                        .mapToInt(Integer::intValue)
                        .toArray();
        int node = graph.add(AuthGraph.Kind.of(event), parents);
        nodes.put(stored.number(), node);
        nodesById.put(stored.id(), node);
        events.add(stored);
    }

    int size() {
        return events.size();
    }

    boolean hasAll(Collection<Long> numbers) {
        return nodes.keySet().containsAll(numbers);
    }

    AuthGraph graph() {
        return graph;
    }

    /// @param number of an event in the database; 0 is none
    int node(long number) {
        return number == 0
                ? AuthGraph.NONE
                : Objects.requireNonNull(nodes.get(number), "a state event outside the graph");
    }

    StoredEvent event(int node) {
        return events.get(node);
    }
}
