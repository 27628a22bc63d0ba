package org.valise.rooms.admission;

import org.valise.accounts.users.UserNumbers;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.EventChecks;
import org.valise.rooms.lane.EventOrder;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.EventWriteStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.timeline.NumberBlock;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Events that are known by their content alone. They are written without the room's lane and
/// without a position: nobody is shown them until a state has them.
public final class Outliers {
    private final Events events;
    private final EventWriteStore store;
    private final StateKeys keys;
    private final MissingEventStore missing;
    private final UserNumbers users;
    private final NumberBlock numbers;
    private final Verifier verifier;

    public Outliers(
            Events events,
            EventWriteStore store,
            StateKeys keys,
            MissingEventStore missing,
            UserNumbers users,
            NumberBlock numbers,
            Verifier verifier) {
        this.events = events;
        this.store = store;
        this.keys = keys;
        this.missing = missing;
        this.users = users;
        this.numbers = numbers;
        this.verifier = verifier;
    }

    /// Whether an event of the room waits for one of these.
    boolean isAnyAwaited(RoomRef room, Collection<EventId> ids) {
        return missing.isAnyAwaited(room.number(), ids);
    }

    /// Those of these events whose content is not known here.
    Set<EventId> unknown(Collection<EventId> ids) {
        Set<EventId> unknown = new HashSet<>(ids);
        for (EventStore.StateEntry entry : events.store().stateEntries(ids)) {
            if (entry.status() != EventStatus.WAITING) {
                unknown.remove(entry.id());
            }
        }
        return unknown;
    }

    /// Judges events by their auth events, and keeps those that have all of these.
    Map<EventId, Admission> add(RoomRef room, List<Event> given) {
        Map<EventId, Admission> results = new LinkedHashMap<>();
        Map<EventId, StoredEvent> known = known(room, given);
        Map<UserId, Long> senders =
                users.numbersInPassing(given.stream().map(Event::sender).toList());
        Map<StateKey, Long> stateKeys =
                keys.numbersInPassing(
                        given.stream().filter(Event::isState).map(Event::key).toList());
        EventChecks checks = new EventChecks(verifier);
        List<StoredEvent> outliers = new ArrayList<>();
        List<String> refusals = new ArrayList<>();
        for (Event event : authEventsFirst(given)) {
            StoredEvent earlier = known.get(event.id());
            Set<EventId> lacking = lacking(event, known);
            if (earlier != null) {
                results.put(event.id(), new Admission.Known(earlier));
            } else if (!lacking.isEmpty()) {
                results.put(event.id(), new Admission.Lacks(lacking));
            } else {
                Optional<String> refusal = checks.basedOnAuthEvents(event, known);
                StoredEvent outlier =
                        StoredEvent.draft(
                                room.number(),
                                numbers.take(),
                                event,
                                refusal.isPresent() ? EventStatus.REJECTED : EventStatus.OUTLIER,
                                event.isState() ? stateKeys.getOrDefault(event.key(), 0L) : 0,
                                senders.getOrDefault(event.sender(), 0L),
                                0,
                                null,
                                0,
                                null);
                known.put(event.id(), outlier);
                outliers.add(outlier);
                refusals.add(refusal.orElse(""));
                results.put(
                        event.id(),
                        refusal.<Admission>map(why -> new Admission.Rejected(event.id(), why))
                                .orElseGet(() -> new Admission.Outlier(event.id())));
            }
        }
        if (!outliers.isEmpty()) {
            store.insertOutliers(room.number(), outliers, refusals);
        }
        return results;
    }

    private Map<EventId, StoredEvent> known(RoomRef room, List<Event> given) {
        Set<EventId> named = new HashSet<>();
        for (Event event : given) {
            named.add(event.id());
            named.addAll(event.authEvents());
        }
        room.id().createEvent().ifPresent(named::add);
        Map<EventId, StoredEvent> known = new HashMap<>(events.byIds(named));
        // SECURITY: an event of another room is no ancestor, whoever says so.
        known.values().removeIf(event -> event.room() != room.number());
        return known;
    }

    private static Set<EventId> lacking(Event event, Map<EventId, StoredEvent> known) {
        Set<EventId> lacking = new HashSet<>(event.authEvents());
        event.roomId().createEvent().filter(id -> !id.equals(event.id())).ifPresent(lacking::add);
        lacking.removeIf(id -> {
            StoredEvent auth = known.get(id);
            return auth != null && auth.status() != EventStatus.WAITING;
        });
        return lacking;
    }

    private static List<Event> authEventsFirst(List<Event> given) {
        // In versions where the create event is named by none, all follow it.
        List<Event> createFirst = new ArrayList<>(given);
        createFirst.sort(Comparator.comparing(event -> !event.authEvents().isEmpty()));
        return EventOrder.sorted(createFirst, Event::authEvents);
    }
}
