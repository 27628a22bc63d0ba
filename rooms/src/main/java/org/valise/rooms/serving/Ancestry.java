package org.valise.rooms.serving;

import org.valise.protocol.id.EventId;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Walks from events of a room to their ancestors, breadth first.
final class Ancestry {
    /// So many older events are read with one that is asked for: the next steps find them in
    /// memory.
    private static final int AHEAD = 100;

    private final Events events;
    private final long room;
    private final Map<EventId, StoredEvent> ahead = new HashMap<>();

    Ancestry(Events events, long room) {
        this.events = events;
        this.room = room;
    }

    /// These events and their ancestors, the nearest first.
    ///
    /// @param without not these, nor what only they lead to
    /// @param minDepth none that claims to be less deep
    /// @param limit how many
    List<StoredEvent> walk(
            Collection<EventId> from, Collection<EventId> without, long minDepth, int limit) {
        Set<EventId> met = new HashSet<>(without);
        List<EventId> level = from.stream().filter(met::add).toList();
        List<StoredEvent> found = new ArrayList<>();
        while (!level.isEmpty() && found.size() < limit) {
            List<EventId> next = new ArrayList<>();
            for (StoredEvent event : load(level)) {
                if (event.event().depth() >= minDepth && found.size() < limit) {
                    found.add(event);
                    event.event().prevEvents().stream().filter(met::add).forEach(next::add);
                }
            }
            level = next;
        }
        return found;
    }

    /// Those of the events that have a place in the room. SECURITY: an event of another room is no
    /// ancestor, whoever says so.
    List<StoredEvent> load(Collection<EventId> ids) {
        List<EventId> unknown = ids.stream().filter(id -> !ahead.containsKey(id)).toList();
        if (!unknown.isEmpty()) {
            ahead.putAll(events.byIds(unknown));
            unknown.stream()
                    .map(ahead::get)
                    .flatMap(event -> Optional.ofNullable(event).stream())
                    .map(StoredEvent::order)
                    .filter(Objects::nonNull)
                    .min(RoomOrder::compareTo)
                    .ifPresent(this::readAhead);
        }
        return ids.stream()
                .map(ahead::get)
                .flatMap(event -> Optional.ofNullable(event).stream())
                .filter(event -> event.room() == room && event.isInGraph())
                .toList();
    }

    private void readAhead(RoomOrder place) {
        for (StoredEvent event : events.store().before(room, place, Long.MAX_VALUE, AHEAD)) {
            ahead.putIfAbsent(event.id(), event);
        }
    }
}
