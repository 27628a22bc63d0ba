package org.valise.federation.inbound;

import org.valise.federation.inbound.InboxStore.Pending;
import org.valise.protocol.id.ServerName;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Events that wait for another attempt to get what they need, the longer the more there were.
final class Attempts {
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final int MOST_DOUBLINGS = 7;

    /// Together some hours.
    private static final int MOST = 24;

    /// SECURITY: so many of a server are tried again when it is heard of. It may have sent
    /// thousands that lack something, and go on sending.
    private static final int MOST_AT_ONCE = 100;

    private static final Comparator<Attempt> IN_ORDER =
            Comparator.comparingLong(attempt -> attempt.item().number());

    /// By the server that sent them, and by their numbers: each transaction of a server looks at
    /// its own only.
    private final Map<ServerName, Map<Long, Waiting>> waiting = new ConcurrentHashMap<>();

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
        waiting.computeIfAbsent(attempt.item().origin(), origin -> new ConcurrentHashMap<>())
                .put(
                        attempt.item().number(),
                        new Waiting(attempt, now, now + attempt.pause().toNanos()));
    }

    /// Those whose time has come, in their order; they wait no more.
    List<Attempt> due() {
        long now = System.nanoTime();
        return waiting.values().stream()
                .flatMap(those -> taken(those, Integer.MAX_VALUE, each -> each.until() - now <= 0))
                .sorted(IN_ORDER)
                .toList();
    }

    /// A server is heard of again: what it has sent before is worth another attempt, which does not
    /// count, unless there was one just now.
    List<Attempt> of(ServerName origin) {
        long before = System.nanoTime() - SOON.toNanos();
        Map<Long, Waiting> those = waiting.getOrDefault(origin, Map.of());
        return taken(those, MOST_AT_ONCE, each -> each.since() - before <= 0)
                .sorted(IN_ORDER)
                .map(attempt -> new Attempt(attempt.item(), Math.max(0, attempt.made() - 1)))
                .toList();
    }

    /// Takes those that were tried least recently.
    private static Stream<Attempt> taken(
            Map<Long, Waiting> those, int most, Predicate<Waiting> wanted) {
        return those.entrySet().stream()
                .filter(each -> wanted.test(each.getValue()))
                .sorted(Comparator.comparingLong(each -> each.getValue().since()))
                .limit(most)
                .filter(each -> those.remove(each.getKey(), each.getValue()))
                .map(each -> each.getValue().attempt())
                .toList()
                .stream();
    }

    int size() {
        return waiting.values().stream().mapToInt(Map::size).sum();
    }

    void clear() {
        waiting.clear();
    }
}
