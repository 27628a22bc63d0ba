package org.valise.protocol.stateresolution;

import org.valise.protocol.event.StateKey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a resolution starts from: where the state sets differ, and what they share.
public final class StateDifference {
    private final List<Conflict> conflicts;
    private final UnconflictedState unconflicted;

    /// @param conflicts every key under which not all state sets have the same event, each once
    /// @param unconflicted every other key of the state sets
    public StateDifference(List<Conflict> conflicts, UnconflictedState unconflicted) {
        Set<StateKey> keys = new HashSet<>();
        for (Conflict conflict : conflicts) {
            if (conflict.sets() != conflicts.getFirst().sets()) {
                throw new IllegalArgumentException("not of as many state sets: " + conflict);
            }
            if (!keys.add(conflict.key())) {
                throw new IllegalArgumentException("twice in conflict: " + conflict.key());
            }
        }
        this.conflicts = List.copyOf(conflicts);
        this.unconflicted = unconflicted;
    }

    List<Conflict> conflicts() {
        return conflicts;
    }

    UnconflictedState unconflicted() {
        return unconflicted;
    }

    /// The *conflicted state set*: the events, whatever their keys.
    BitSet conflictedEvents() {
        BitSet events = new BitSet();
        for (Conflict conflict : conflicts) {
            Arrays.stream(conflict.candidates()).forEach(events::set);
        }
        return events;
    }

    /// For each state set its events that are in conflict.
    List<int[]> conflictedEventsBySet() {
        List<int[]> sets = new ArrayList<>();
        int count = conflicts.isEmpty() ? 0 : conflicts.getFirst().sets();
        for (int i = 0; i < count; i++) {
            int set = i;
            sets.add(
                    conflicts.stream()
                            .mapToInt(conflict -> conflict.event(set))
                            .filter(event -> event != AuthGraph.NONE)
                            .toArray());
        }
        return sets;
    }
}
