package org.valise.federation.inbound;

import org.valise.federation.inbound.InboxStore.Pending;
import org.valise.protocol.id.ServerName;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// Events that wait for another attempt to get what they need, the longer the more there were.
final class Attempts {
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(2);
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

    /// @param since when it was tried last
    private record Waiting(Attempt attempt, long since, long until) {}

    void add(Attempt attempt) {
        long now = System.nanoTime();
        waiting.put(
                attempt.item().number(),
                new Waiting(attempt, now, now + attempt.pause().toNanos()));
    }

    /// Those whose time has come, in their order; they wait no more.
    List<Attempt> due() {
        long now = System.nanoTime();
        return taken(each -> each.until() - now <= 0);
    }

    /// A server is heard of again: what it has sent before is worth another attempt, which does not
    /// count, unless there was one just now.
    List<Attempt> of(ServerName origin) {
        long before = System.nanoTime() - SOON.toNanos();
        return taken(each ->
                        each.attempt().item().origin().equals(origin) && each.since() - before <= 0)
                .stream()
                .map(attempt -> new Attempt(attempt.item(), Math.max(0, attempt.made() - 1)))
                .toList();
    }

    private List<Attempt> taken(Predicate<Waiting> wanted) {
        List<Attempt> taken = new ArrayList<>();
        waiting.keySet().stream()
                .sorted()
                .forEach(number -> {
                    Waiting each = waiting.get(number);
                    if (each != null && wanted.test(each) && waiting.remove(number, each)) {
                        taken.add(each.attempt());
                    }
                });
        return taken;
    }

    void clear() {
        waiting.clear();
    }
}
