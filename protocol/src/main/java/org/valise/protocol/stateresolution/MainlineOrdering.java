package org.valise.protocol.stateresolution;

import org.valise.protocol.event.Event;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// "The *mainline ordering based on* *P*", where the mainline of a power levels event is the list
/// of that event, the power levels event that it cites, the one that this cites, and so on.
final class MainlineOrdering {
    /// "∞ is a sentinel value greater than any integer".
    private static final int INFINITE = Integer.MAX_VALUE;

    private record Candidate(int event, int position, long timestamp, String id) {
        /// "*x* < *y* if the mainline position of *x* is **greater** …; or … *x*'s
        /// `origin_server_ts` is *less* …; or … *x*'s `event_id` is *less*".
        static final Comparator<Candidate> ORDER =
                Comparator.comparingInt(Candidate::position)
                        .reversed()
                        .thenComparingLong(Candidate::timestamp)
                        .thenComparing(Candidate::id, CodePoints.ORDER);
    }

    private final AuthGraph graph;

    /// The positions of the mainline's events and, as they are found, of other power levels events.
    /// SECURITY: without remembering the latter, many events that cite a long list off the mainline
    /// would cost their product.
    private final Map<Integer, Integer> positions = new HashMap<>();

    private MainlineOrdering(AuthGraph graph, int powerLevels) {
        this.graph = graph;
        for (int p = powerLevels; p != AuthGraph.NONE; p = graph.powerLevels(p)) {
            positions.put(p, positions.size());
        }
    }

    /// @param powerLevels the power levels event *P*, or [AuthGraph#NONE]: the mainline is empty
    static int[] sort(BitSet events, int powerLevels, AuthGraph graph, LoadedEvents loaded) {
        MainlineOrdering mainline = new MainlineOrdering(graph, powerLevels);
        List<Candidate> candidates = new ArrayList<>();
        events.stream()
                .forEach(number -> {
                    Event event = loaded.loaded(number);
                    candidates.add(
                            new Candidate(
                                    number,
                                    mainline.position(number),
                                    event.originServerTs(),
                                    event.id().value()));
                });
        candidates.sort(Candidate.ORDER);
        return candidates.stream().mapToInt(Candidate::event).toArray();
    }

    /// "Find the smallest index *j* ≥ 1 for which *e<sub>j</sub>* belongs to the mainline": the
    /// event itself does not count.
    private int position(int event) {
        List<Integer> passed = new ArrayList<>();
        int cited = graph.powerLevels(event);
        Integer found = positions.get(cited);
        while (found == null && cited != AuthGraph.NONE) {
            passed.add(cited);
            cited = graph.powerLevels(cited);
            found = positions.get(cited);
        }
        int position = found == null ? INFINITE : found;
        passed.forEach(powerLevels -> positions.put(powerLevels, position));
        return position;
    }
}
