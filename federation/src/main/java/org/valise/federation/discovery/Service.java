package org.valise.federation.discovery;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/// An SRV record.
///
/// @param target a host name, without the final dot
record Service(int priority, int weight, int port, String target) {
    /// RFC 2782: by priority; among equals at random, the heavier the likelier first.
    static List<Service> ordered(List<Service> services, RandomGenerator random) {
        List<Service> left = new ArrayList<>(services);
        // "arrange all SRV RRs (that have not been ordered yet) in any order, except that all those
        // with weight 0 are placed at the beginning of the list"
        left.sort(Comparator.comparingInt(Service::priority).thenComparingInt(Service::weight));
        List<Service> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            int priority = left.getFirst().priority();
            List<Service> equals = left.stream().filter(one -> one.priority() == priority).toList();
            int sum = equals.stream().mapToInt(Service::weight).sum();
            int chosen = random.nextInt(sum + 1);
            int running = 0;
            for (Service one : equals) {
                running += one.weight();
                if (running >= chosen) {
                    ordered.add(one);
                    left.remove(one);
                    break;
                }
            }
        }
        return ordered;
    }
}
