package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Verifier;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/// A resolution of whole state sets, made into one of numbers and differences: finds what is in
/// conflict and numbers the events of the states and of their auth chains.
final class WholeStates implements NumberedEvents, UnconflictedState {
    private final RoomVersion version;
    private final List<Map<StateKey, EventId>> stateSets;
    private final EventLookup known;
    private final Verifier verifier;

    private final Map<StateKey, EventId> unconflicted = new HashMap<>();
    private final Set<StateKey> conflictedKeys = new LinkedHashSet<>();

    private final AuthGraph graph = new AuthGraph();
    private final Map<EventId, Integer> numbers = new HashMap<>();
    private final List<EventId> ids = new ArrayList<>();
    private final Set<EventId> missing = new LinkedHashSet<>();

    WholeStates(
            RoomVersion version,
            List<Map<StateKey, EventId>> stateSets,
            EventLookup known,
            Verifier verifier) {
        this.version = version;
        this.stateSets = stateSets;
        this.known = known;
        this.verifier = verifier;
    }

    Resolution resolve() {
        findConflicts();
        if (conflictedKeys.isEmpty()) {
            return new Resolution.Resolved(unconflicted);
        }
        numberEvents();
        if (!missing.isEmpty()) {
            return new Resolution.NeedsEvents(missing);
        }
        StateDifference difference = new StateDifference(conflicts(), this);
        return switch (StateResolution.resolve(version, graph, difference, this, verifier)) {
            case DifferenceResolution.Resolved resolved -> whole(resolved.entries());
            case DifferenceResolution.NeedsEvents needs ->
                    new Resolution.NeedsEvents(
                            needs.numbers().stream().map(ids::get).collect(Collectors.toSet()));
        };
    }

    /// "If a given key *K* is present in every *S<sub>i</sub>* with the same value *V* in each
    /// state map, then the pair (*K*, *V*) belongs to the *unconflicted state map*."
    private void findConflicts() {
        Set<StateKey> keys = new LinkedHashSet<>();
        stateSets.forEach(state -> keys.addAll(state.keySet()));
        for (StateKey key : keys) {
            EventId first = stateSets.getFirst().get(key);
            if (first != null && stateSets.stream().allMatch(s -> first.equals(s.get(key)))) {
                unconflicted.put(key, first);
            } else {
                conflictedKeys.add(key);
            }
        }
    }

    private void numberEvents() {
        List<EventId> wanted = stateSets.stream().flatMap(s -> s.values().stream()).toList();
        if (!version.has(Tweak.STATE_RESOLUTION_V2)) {
            wanted.forEach(id -> assign(id, AuthGraph.Kind.OTHER));
            return;
        }
        if (version.has(Tweak.ROOM_ID_IS_HASH)) {
            wanted.stream()
                    .map(known::get)
                    .filter(event -> event != null)
                    .findFirst()
                    .ifPresent(event -> numberWithChain(createOf(event)));
        }
        wanted.forEach(this::numberWithChain);
    }

    private static EventId createOf(Event event) {
        return EventId.parse("$" + event.roomId().value().substring(1));
    }

    private void numberWithChain(EventId root) {
        Deque<EventId> path = new ArrayDeque<>();
        Set<EventId> entered = new HashSet<>();
        path.push(root);
        while (!path.isEmpty()) {
            EventId id = path.element();
            Event event = numbers.containsKey(id) ? null : known.get(id);
            if (event == null) {
                path.remove();
                if (!numbers.containsKey(id)) {
                    missing.add(id);
                }
                continue;
            }
            List<EventId> first =
                    event.authEvents().stream()
                            .filter(cited ->
                                    !numbers.containsKey(cited) && !missing.contains(cited))
                            .toList();
            if (first.isEmpty()) {
                path.remove();
                assign(id, AuthGraph.Kind.of(event), citedNumbers(event));
            } else if (entered.add(id)) {
                first.forEach(path::push);
            } else {
                throw new IllegalArgumentException("auth events in a circle at " + id);
            }
        }
    }

    private int[] citedNumbers(Event event) {
        return event.authEvents().stream()
                .filter(numbers::containsKey)
                .mapToInt(numbers::get)
                .toArray();
    }

    private void assign(EventId id, AuthGraph.Kind kind, int... cited) {
        if (!numbers.containsKey(id)) {
            numbers.put(id, graph.add(kind, cited));
            ids.add(id);
        }
    }

    private List<Conflict> conflicts() {
        return conflictedKeys.stream()
                .map(key ->
                        new Conflict(
                                key,
                                stateSets.stream()
                                        .mapToInt(state -> number(state.get(key)))
                                        .toArray()))
                .toList();
    }

    private Resolution whole(Map<StateKey, Integer> entries) {
        Map<StateKey, EventId> state = new HashMap<>(unconflicted);
        entries.forEach((key, number) -> state.put(key, ids.get(number)));
        return new Resolution.Resolved(state);
    }

    private int number(@Nullable EventId id) {
        return id == null ? AuthGraph.NONE : numbers.getOrDefault(id, AuthGraph.NONE);
    }

    @Override
    public @Nullable Event event(int number) {
        return known.get(ids.get(number));
    }

    @Override
    public boolean rejected(int number) {
        return known.rejected(ids.get(number));
    }

    @Override
    public int event(StateKey key) {
        return number(unconflicted.get(key));
    }

    @Override
    public void forEach(IntConsumer events) {
        unconflicted.values().forEach(id -> events.accept(number(id)));
    }
}
