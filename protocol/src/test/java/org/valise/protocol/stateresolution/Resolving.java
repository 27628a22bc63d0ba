package org.valise.protocol.stateresolution;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntConsumer;

/// Resolves states of a [MadeRoom] in both forms as an engine would: nothing is loaded at first,
/// and what is asked for is loaded.
final class Resolving {
    private final MadeRoom room;

    /// How often the fast form had to ask.
    int asked;

    Resolving(MadeRoom room) {
        this.room = room;
    }

    Map<StateKey, EventId> wholeStates(List<Map<StateKey, EventId>> stateSets) {
        Set<EventId> loaded = new HashSet<>();
        EventLookup lookup =
                new EventLookup() {
                    @Override
                    public @Nullable Event get(EventId id) {
                        return loaded.contains(id) ? room.events.get(id) : null;
                    }

                    @Override
                    public boolean rejected(EventId id) {
                        return room.rejected.contains(id);
                    }
                };
        while (true) {
            switch (StateResolution.resolve(
                    room.version, stateSets, lookup, MadeRoom.NO_SIGNATURE_IS_VALID)) {
                case Resolution.Resolved resolved -> {
                    return resolved.state();
                }
                case Resolution.NeedsEvents needs -> {
                    assertThat(needs.ids()).isNotEmpty().noneMatch(loaded::contains);
                    assertThat(room.events.keySet()).containsAll(needs.ids());
                    loaded.addAll(needs.ids());
                }
            }
        }
    }

    Map<StateKey, EventId> difference(List<Map<StateKey, EventId>> stateSets) {
        List<EventId> ids = List.copyOf(room.events.keySet());
        Map<EventId, Integer> numbers = new HashMap<>();
        AuthGraph graph = new AuthGraph(1);
        for (EventId id : ids) {
            Event event = room.events.get(id);
            int[] cited = event.authEvents().stream().mapToInt(numbers::get).toArray();
            numbers.put(id, graph.add(AuthGraph.Kind.of(event), cited));
        }
        Map<StateKey, EventId> shared = new HashMap<>(stateSets.getFirst());
        stateSets.forEach(state -> shared.entrySet().retainAll(state.entrySet()));
        Set<StateKey> keys = new LinkedHashSet<>();
        stateSets.forEach(state -> keys.addAll(state.keySet()));
        keys.removeAll(shared.keySet());
        List<Conflict> conflicts =
                keys.stream()
                        .map(key ->
                                new Conflict(
                                        key,
                                        stateSets.stream()
                                                .mapToInt(state -> number(numbers, state.get(key)))
                                                .toArray()))
                        .toList();
        StateDifference difference =
                new StateDifference(
                        conflicts,
                        new UnconflictedState() {
                            @Override
                            public int event(StateKey key) {
                                return number(numbers, shared.get(key));
                            }

                            @Override
                            public void forEach(IntConsumer events) {
                                shared.values().forEach(id -> events.accept(numbers.get(id)));
                            }
                        });
        Map<StateKey, EventId> state = new HashMap<>(shared);
        resolve(graph, difference, ids)
                .forEach((key, number) ->
                        assertThat(state.put(key, ids.get(number)))
                                .as("not an unconflicted entry")
                                .isNull());
        return state;
    }

    private Map<StateKey, Integer> resolve(
            AuthGraph graph, StateDifference difference, List<EventId> ids) {
        Set<Integer> loaded = new HashSet<>();
        NumberedEvents events =
                new NumberedEvents() {
                    @Override
                    public @Nullable Event event(int number) {
                        return loaded.contains(number) ? room.events.get(ids.get(number)) : null;
                    }

                    @Override
                    public boolean rejected(int number) {
                        return room.rejected.contains(ids.get(number));
                    }
                };
        for (asked = 0; ; asked++) {
            switch (StateResolution.resolve(
                    room.version, graph, difference, events, MadeRoom.NO_SIGNATURE_IS_VALID)) {
                case DifferenceResolution.Resolved resolved -> {
                    return resolved.entries();
                }
                case DifferenceResolution.NeedsEvents needs -> {
                    assertThat(needs.numbers()).isNotEmpty().noneMatch(loaded::contains);
                    assertThat(asked).as("times asked").isLessThan(2);
                    loaded.addAll(needs.numbers());
                }
            }
        }
    }

    private static int number(Map<EventId, Integer> numbers, @Nullable EventId id) {
        return id == null ? AuthGraph.NONE : Objects.requireNonNull(numbers.get(id));
    }
}
