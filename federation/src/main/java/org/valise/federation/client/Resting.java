package org.valise.federation.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.ServerName;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/// Which servers did not answer lately, and until when they are left in peace: the longer, the more
/// often they failed, with jitter, so that not all come back at once.
final class Resting {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final int MOST_DOUBLINGS = 12;
    private static final int REMEMBERED = 50_000;

    private final Clock clock;
    private final RandomGenerator random;
    private final Cache<ServerName, Rest> rests =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    private record Rest(Instant until, int failures) {}

    Resting(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    boolean isResting(ServerName server) {
        Rest rest = rests.getIfPresent(server);
        return rest != null && clock.instant().isBefore(rest.until());
    }

    void failed(ServerName server) {
        rests.asMap().compute(server, (same, before) -> next(before));
    }

    /// Requests that fail at the same time are one failure.
    private Rest next(@Nullable Rest before) {
        Instant now = clock.instant();
        if (before != null && now.isBefore(before.until())) {
            return before;
        }
        int failures = before == null ? 1 : Math.min(MOST_DOUBLINGS + 1, before.failures() + 1);
        Duration whole = FIRST.multipliedBy(1L << (failures - 1));
        Duration bounded = whole.compareTo(LONGEST) > 0 ? LONGEST : whole;
        long millis = (long) (bounded.toMillis() * (0.5 + random.nextDouble() / 2));
        return new Rest(now.plusMillis(millis), failures);
    }

    /// The server answered, or sent something: it is there.
    ///
    /// @return whether it had not answered before
    boolean isThere(ServerName server) {
        return rests.asMap().remove(server) != null;
    }
}
