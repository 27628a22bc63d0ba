package org.valise.federation.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long a server that did not take a transaction is left in peace: the longer, the more often
/// in a row, with jitter, so that not all come back at once.
final class Backoff {
    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_DOUBLINGS = 12;

    private Backoff() {}

    /// @param failures in a row, from 1
    static Duration after(int failures, RandomGenerator random) {
        long doubled = FIRST.toMillis() << Math.min(failures - 1, MOST_DOUBLINGS);
        long whole = Math.min(doubled, LONGEST.toMillis());
        return Duration.ofMillis((long) (whole * (0.5 + random.nextDouble() / 2)));
    }
}
