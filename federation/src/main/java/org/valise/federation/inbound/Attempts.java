package org.valise.federation.inbound;

import org.valise.federation.inbound.InboxStore.Pending;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Events that wait for another attempt to get what they need, the longer the more there were.
final class Attempts {
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 7;

    /// Together some hours.
    private static final int MOST = 24;

    private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();

    /// @param made how many attempts there were
    record Attempt(Pending item, int made) {
        boolean isLast() {
            return made + 1 >= MOST;
        }

        Attempt next() {
            return new Attempt(item, made + 1);
        }

        private Duration pause() {
            Duration doubled = FIRST.multipliedBy(1L << Math.min(made, MOST_DOUBLINGS));
            return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
        }
    }

    private record Waiting(Attempt attempt, long until) {}

    void add(Attempt attempt) {
        waiting.put(
                attempt.item().number(),
                new Waiting(attempt, System.nanoTime() + attempt.pause().toNanos()));
    }

    /// Those whose time has come, in their order; they wait no more.
    List<Attempt> due() {
        long now = System.nanoTime();
        List<Attempt> due = new ArrayList<>();
        waiting.keySet().stream()
                .sorted()
                .forEach(number -> {
                    Waiting each = waiting.get(number);
                    if (each != null && each.until() - now <= 0) {
                        waiting.remove(number);
                        due.add(each.attempt());
                    }
                });
        return due;
    }

    void clear() {
        waiting.clear();
    }
}
