package org.valise.protocol.stateresolution;

import org.valise.protocol.event.StateKey;

import java.util.Arrays;
import java.util.stream.Collectors;

/// One key on which the state sets differ, with the event (a number of the [AuthGraph]) that each
/// state set has there: as many as there are state sets, in their order, [AuthGraph#NONE] where the
/// key is absent.
public final class Conflict {
    private final StateKey key;
    private final int[] events;

    public Conflict(StateKey key, int... events) {
        this.key = key;
        this.events = events.clone();
    }

    public StateKey key() {
        return key;
    }

    int sets() {
        return events.length;
    }

    int event(int set) {
        return events[set];
    }

    /// The events in conflict, each once, ascending.
    int[] candidates() {
        return Arrays.stream(events)
                .filter(event -> event != AuthGraph.NONE)
                .sorted()
                .distinct()
                .toArray();
    }

    @Override
    public String toString() {
        return key
                + Arrays.stream(events)
                        .mapToObj(event -> event == AuthGraph.NONE ? "-" : "" + event)
                        .collect(Collectors.joining(" ", " [", "]"));
    }
}
