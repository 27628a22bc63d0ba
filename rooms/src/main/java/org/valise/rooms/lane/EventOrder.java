package org.valise.rooms.lane;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Puts events in order.
public final class EventOrder {
    private EventOrder() {}

    /// Each event after those of the others that it refers to, otherwise in the order given.
    ///
    /// SECURITY: in room versions 1 and 2 events may refer to each other in a circle; such events
    /// come in any order, and are found to lack what they refer to.
    ///
    /// @param references what an event is to follow
    public static List<Event> sorted(
            Collection<Event> given, Function<Event, List<EventId>> references) {
        Map<EventId, Event> batch = new LinkedHashMap<>();
        given.forEach(event -> batch.put(event.id(), event));
        List<Event> sorted = new ArrayList<>(batch.size());
        Set<EventId> begun = new HashSet<>();
        Set<EventId> done = new HashSet<>();
        for (Event event : batch.values()) {
            Deque<Event> open = new ArrayDeque<>();
            open.push(event);
            while (!open.isEmpty()) {
                Event next = open.peek();
                if (begun.add(next.id())) {
                    for (EventId reference : references.apply(next)) {
                        Event before = batch.get(reference);
                        if (before != null && !begun.contains(reference)) {
                            open.push(before);
                        }
                    }
                } else {
                    open.pop();
                    if (done.add(next.id())) {
                        sorted.add(next);
                    }
                }
            }
        }
        return sorted;
    }
}
