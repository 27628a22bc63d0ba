package org.valise.rooms.lane;

import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Verifier;
import org.valise.protocol.stateresolution.AuthGraph;
import org.valise.protocol.stateresolution.Conflict;
import org.valise.protocol.stateresolution.DifferenceResolution;
import org.valise.protocol.stateresolution.NumberedEvents;
import org.valise.protocol.stateresolution.StateDifference;
import org.valise.protocol.stateresolution.StateResolution;
import org.valise.protocol.stateresolution.UnconflictedState;
import org.valise.rooms.state.StateNodes;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.StateKeys;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/// Resolves snapshots of a room's state by walking only what differs between them.
final class StateResolver {
    private final RoomVersion version;
    private final StateKeys keys;
    private final StateNodes nodes;
    private final Supplier<RoomGraph> graph;
    private final Verifier verifier;

    /// @param graph asked only when there is something to resolve
    StateResolver(
            RoomVersion version,
            StateKeys keys,
            StateNodes nodes,
            Supplier<RoomGraph> graph,
            Verifier verifier) {
        this.version = version;
        this.keys = keys;
        this.nodes = nodes;
        this.graph = graph;
        this.verifier = verifier;
    }

    StateSnapshot resolve(List<StateSnapshot> states) {
        StateSnapshot first = states.getFirst();
        Set<Long> differing = new HashSet<>();
        for (StateSnapshot state : states.subList(1, states.size())) {
            first.diffMembers(state, (key, before, after) -> differing.add(key));
            first.diffOthers(state, (key, before, after) -> differing.add(key));
        }
        if (differing.isEmpty()) {
            return first;
        }
        RoomGraph room = graph.get();
        long[] numbers = differing.stream().mapToLong(Long::longValue).toArray();
        Map<Long, StateKey> names = keys.names(numbers);
        List<Conflict> conflicts = new ArrayList<>();
        for (long key : numbers) {
            int[] events = states.stream().mapToInt(state -> room.node(state.get(key))).toArray();
            conflicts.add(new Conflict(Objects.requireNonNull(names.get(key)), events));
        }
        DifferenceResolution resolution =
                StateResolution.resolve(
                        version,
                        room.graph(),
                        new StateDifference(conflicts, unconflicted(first, differing, room)),
                        events(room),
                        verifier);
        return switch (resolution) {
            case DifferenceResolution.Resolved resolved ->
                    applied(first, differing, resolved, room);
            case DifferenceResolution.NeedsEvents missing ->
                    throw new IllegalStateException(
                            "the graph has all state events, yet " + missing + " are missing");
        };
    }

    private StateSnapshot applied(
            StateSnapshot first,
            Set<Long> differing,
            DifferenceResolution.Resolved resolved,
            RoomGraph room) {
        StateSnapshot state = first;
        for (long key : differing) {
            state = state.with(key, 0, nodes);
        }
        for (Map.Entry<StateKey, Integer> entry : resolved.entries().entrySet()) {
            long key = keys.number(entry.getKey());
            state = state.with(key, room.event(entry.getValue()).number(), nodes);
        }
        return state;
    }

    private UnconflictedState unconflicted(
            StateSnapshot first, Set<Long> differing, RoomGraph room) {
        return new UnconflictedState() {
            @Override
            public int event(StateKey key) {
                Optional<Long> number = keys.find(key).filter(found -> !differing.contains(found));
                return number.map(found -> room.node(first.get(found))).orElse(AuthGraph.NONE);
            }

            @Override
            public void forEach(IntConsumer events) {
                StateSnapshot.Entry entry =
                        (key, number) -> {
                            if (!differing.contains(key)) {
                                events.accept(room.node(number));
                            }
                        };
                first.forEachOther(entry);
                first.forEachMember(entry);
            }
        };
    }

    private static NumberedEvents events(RoomGraph room) {
        return new NumberedEvents() {
            @Override
            public Event event(int number) {
                return room.event(number).event();
            }

            @Override
            public boolean rejected(int number) {
                return room.event(number).status() == EventStatus.REJECTED;
            }
        };
    }
}
