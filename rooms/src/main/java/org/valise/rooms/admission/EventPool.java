package org.valise.rooms.admission;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.EventOrder;
import org.valise.rooms.timeline.RoomRef;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Events of one room that lack others, while these are being fetched. For one thread.
final class EventPool {
    private final EventAdmission admission;
    private final EventSignatureCheck signatures;
    private final RoomRef room;
    private final Map<EventId, Event> lacking = new LinkedHashMap<>();
    private final Map<EventId, Set<EventId>> missing = new HashMap<>();
    private int events;
    private long bytes;

    EventPool(EventAdmission admission, EventSignatureCheck signatures, RoomRef room) {
        this.admission = admission;
        this.signatures = signatures;
        this.room = room;
    }

    RoomRef room() {
        return room;
    }

    /// How many events were taken in so far.
    int events() {
        return events;
    }

    /// How many bytes they measured.
    long bytes() {
        return bytes;
    }

    /// Takes in these events, and those that lacked them.
    ///
    /// @return whether any of these was not here before
    boolean admit(Collection<Event> fresh) {
        List<Event> unchecked =
                fresh.stream().filter(event -> !lacking.containsKey(event.id())).toList();
        events += unchecked.size();
        unchecked.forEach(event -> bytes += event.bytes().length);
        Set<EventId> unsigned = signatures.unsigned(unchecked);
        Map<EventId, Event> all = new LinkedHashMap<>(lacking);
        unchecked.forEach(event -> all.put(event.id(), event));
        Map<EventId, Admission> results = judge(all, unsigned);
        return unchecked.stream()
                .map(event -> results.get(event.id()))
                .anyMatch(result ->
                        !(result instanceof Admission.Known
                                || result instanceof Admission.Dropped));
    }

    /// Judges again what lacked others.
    void judgeAgain() {
        if (!lacking.isEmpty()) {
            judge(new LinkedHashMap<>(lacking), Set.of());
        }
    }

    private Map<EventId, Admission> judge(Map<EventId, Event> all, Set<EventId> unsigned) {
        Map<EventId, Admission> results = admission.receiveAll(room, all.values(), any -> unsigned);
        InboundEvents.log(results);
        lacking.clear();
        missing.clear();
        all.forEach((id, event) -> {
            if (results.get(id) instanceof Admission.Lacks lacks) {
                lacking.put(id, event);
                missing.put(id, lacks.missing());
            }
        });
        return results;
    }

    boolean isEmpty() {
        return lacking.isEmpty();
    }

    boolean has(EventId event) {
        return lacking.containsKey(event);
    }

    /// Takes an event in with the state before it, and those that lacked it.
    void anchor(Event event, Collection<EventId> stateBefore) {
        EventSignatureCheck check = has(event.id()) ? any -> Set.of() : signatures;
        Admission result = admission.receive(room, event, stateBefore, check);
        InboundEvents.log(Map.of(event.id(), result));
        judgeAgain();
    }

    /// Keeps an event that lacks others, until these arrive.
    void hold(Event event) {
        admission.hold(room, event, any -> Set.of());
    }

    /// Those that lack what is not among them, the oldest first.
    List<Event> oldest() {
        return EventOrder.sorted(lacking.values(), Event::prevEvents).stream()
                .filter(event -> !lacking.keySet().containsAll(missingOf(event)))
                .toList();
    }

    /// Whether an event lacks events that it follows, besides those that lack some themselves.
    boolean lacksAncestors(Event event) {
        return !missingPrevious(event).isEmpty();
    }

    /// The events that one follows and that are not here at all.
    List<EventId> missingPrevious(Event event) {
        return event.prevEvents().stream()
                .distinct()
                .filter(id -> missingOf(event).contains(id) && !has(id))
                .toList();
    }

    private Set<EventId> missingOf(Event event) {
        return missing.getOrDefault(event.id(), Set.of());
    }
}
