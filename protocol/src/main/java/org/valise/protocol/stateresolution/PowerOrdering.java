package org.valise.protocol.stateresolution;

import org.valise.protocol.event.Event;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;

/// "The *reverse topological power ordering* of a set of events is the lexicographically smallest
/// topological ordering based on the DAG formed by auth events", found with Kahn's algorithm.
///
/// An event outside the set still orders: if `a` cites it and it cites `b`, then `b` comes before
/// `a`. The events on such paths therefore take part in the sort, and leave as soon as they can
/// without being written down.
final class PowerOrdering {
    private record Candidate(int node, long power, long timestamp, String id) {
        /// "*x* < *y* if *x*'s sender has *greater* power level than *y*'s sender …; or … *x*'s
        /// `origin_server_ts` is *less* …; or … *x*'s `event_id` is *less*".
        static final Comparator<Candidate> ORDER =
                Comparator.comparingLong(Candidate::power)
                        .reversed()
                        .thenComparingLong(Candidate::timestamp)
                        .thenComparing(Candidate::id, CodePoints.ORDER);
    }

    private final BitSet events;
    private final LoadedEvents loaded;
    private final SenderPower power;

    /// The events to sort and those between them, ascending; a node is a place in this array.
    private final int[] nodes;

    private final int[] unsorted;
    private final IntLists citedBy;
    private final PriorityQueue<Candidate> ready = new PriorityQueue<>(Candidate.ORDER);

    private PowerOrdering(BitSet events, AuthGraph graph, LoadedEvents loaded, SenderPower power) {
        this.events = events;
        this.loaded = loaded;
        this.power = power;
        this.nodes = graph.between(events).stream().toArray();
        this.unsorted = new int[nodes.length];
        this.citedBy = new IntLists(nodes.length);
        for (int node = 0; node < nodes.length; node++) {
            for (int authEvent : graph.authEvents(nodes[node])) {
                int cited = Arrays.binarySearch(nodes, authEvent);
                if (cited >= 0) {
                    citedBy.add(cited, node);
                    unsorted[node]++;
                }
            }
        }
    }

    static int[] sort(BitSet events, AuthGraph graph, LoadedEvents loaded, SenderPower power) {
        return new PowerOrdering(events, graph, loaded, power).sort();
    }

    private int[] sort() {
        int[] sorted = new int[events.cardinality()];
        int count = 0;
        for (int node = 0; node < nodes.length; node++) {
            if (unsorted[node] == 0) {
                offer(node);
            }
        }
        for (Candidate next = ready.poll(); next != null; next = ready.poll()) {
            sorted[count++] = nodes[next.node()];
            leave(next.node());
        }
        return sorted;
    }

    /// A path between two events of the set begins at one of them: every node without a cited node
    /// is in the set.
    private void offer(int node) {
        Event event = loaded.loaded(nodes[node]);
        ready.add(
                new Candidate(
                        node, power.of(nodes[node]), event.originServerTs(), event.id().value()));
    }

    private void leave(int node) {
        Deque<Integer> leaving = new ArrayDeque<>();
        leaving.add(node);
        while (!leaving.isEmpty()) {
            citedBy.forEach(
                    leaving.remove(),
                    citing -> {
                        if (--unsorted[citing] > 0) {
                            return;
                        }
                        if (events.get(nodes[citing])) {
                            offer(citing);
                        } else {
                            leaving.add(citing);
                        }
                    });
        }
    }
}
