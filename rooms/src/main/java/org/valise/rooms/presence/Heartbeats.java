package org.valise.rooms.presence;

import org.valise.platform.stream.EphemeralEntry;
import org.valise.platform.stream.EphemeralOrder;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Which nodes live. Times are milliseconds since 1970.
final class Heartbeats {
    /// A node that was not heard of for so long is dead.
    static final Duration LIMIT = Duration.ofSeconds(90);

    static final String KIND = "node";
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final Duration KEEP = Duration.ofHours(1);

    private final EphemeralOrder order;
    private final String self;
    private final Map<String, Long> heard = new ConcurrentHashMap<>();
    private volatile long told;

    Heartbeats(EphemeralOrder order, String self) {
        this.order = order;
        this.self = self;
    }

    void beat(long now) {
        if (now - told >= PAUSE.toMillis()) {
            told = now;
            order.put(KIND, self, Long.toString(now), KEEP);
        }
    }

    void apply(EphemeralEntry entry) {
        // By one's own clock: the other's may be off.
        long now = System.currentTimeMillis();
        boolean old = Long.parseLong(entry.value()) < now - KEEP.toMillis();
        if (!old) {
            heard.put(entry.key(), now);
        }
    }

    boolean isAlive(String node, long now) {
        return node.equals(self) || heard.getOrDefault(node, 0L) + LIMIT.toMillis() > now;
    }

    /// The nodes that were alive and are not any more, each once.
    Set<String> died(long now) {
        Set<String> dead =
                heard.keySet().stream()
                        .filter(node -> !isAlive(node, now))
                        .collect(Collectors.toSet());
        heard.keySet().removeAll(dead);
        return dead;
    }
}
