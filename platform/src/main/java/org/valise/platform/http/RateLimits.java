package org.valise.platform.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// The counters behind [RateLimit]: one token bucket for each limit and key.
///
/// A bucket is one number, the time at which it will be full again. Buckets that were not used are
/// forgotten first: a forgotten bucket is a full one, and the number of buckets is bounded.
public final class RateLimits {
    /// Buckets a limit remembers.
    private static final long REMEMBERED = 100_000;

    private final Map<RateLimit, Buckets> buckets = new EnumMap<>(RateLimit.class);
    private final Map<OperationName, Buckets> ofOperations = new HashMap<>();
    private final LongSupplier nanoTime;
    private final boolean enforced;

    private RateLimits(
            boolean enforced,
            Map<RateLimit, RateLimit.Rate> overrides,
            Map<OperationName, RateLimit.Rate> operations,
            LongSupplier nanoTime) {
        this.enforced = enforced;
        this.nanoTime = nanoTime;
        for (RateLimit limit : RateLimit.values()) {
            buckets.put(limit, new Buckets(overrides.getOrDefault(limit, limit.defaultRate())));
        }
        operations.forEach((name, rate) -> ofOperations.put(name, new Buckets(rate)));
    }

    /// The table's own rates.
    public static RateLimits defaults() {
        return of(Map.of());
    }

    /// The table with some rates overridden.
    public static RateLimits of(Map<RateLimit, RateLimit.Rate> overrides) {
        return of(overrides, Map.of());
    }

    /// The same with limits of single operations.
    ///
    /// @param operations those that are counted by themselves, and no more with their group
    public static RateLimits of(
            Map<RateLimit, RateLimit.Rate> overrides,
            Map<OperationName, RateLimit.Rate> operations) {
        return new RateLimits(true, overrides, operations, System::nanoTime);
    }

    /// No limits at all: for tests and benchmarks.
    public static RateLimits none() {
        return new RateLimits(false, Map.of(), Map.of(), System::nanoTime);
    }

    static RateLimits at(LongSupplier nanoTime, Map<RateLimit, RateLimit.Rate> overrides) {
        return new RateLimits(true, overrides, Map.of(), nanoTime);
    }

    /// Takes one from the bucket of `key`.
    ///
    /// @param key a string or a number: an address, an account, a user
    /// @throws MatrixException `M_LIMIT_EXCEEDED`, with the time to wait, if there is none left
    public void check(RateLimit limit, Object key) {
        if (enforced) {
            take(buckets(limit), key);
        }
    }

    /// The same by the limit that a route declares, or by the one that the configuration gives to
    /// this very operation.
    void check(Route route, Object key) {
        if (enforced) {
            Buckets own = ofOperations.isEmpty() ? null : ofOperations.get(OperationName.of(route));
            take(own == null ? buckets(route.limit()) : own, key);
        }
    }

    private void take(Buckets from, Object key) {
        long wait = from.take(key, nanoTime);
        if (wait > 0) {
            long millis = Math.max(1, (wait + 999_999) / 1_000_000);
            throw new MatrixException(ErrorCode.M_LIMIT_EXCEEDED, "Too many requests")
                    .with("retry_after_ms", millis);
        }
    }

    private Buckets buckets(RateLimit limit) {
        Buckets found = buckets.get(limit);
        if (found == null) {
            throw new IllegalStateException("every limit has buckets");
        }
        return found;
    }

    /// The buckets of one limit.
    private static final class Buckets {
        private final long nanosEach;
        private final long nanosFull;
        private final Cache<Object, AtomicLong> byKey =
                Caffeine.newBuilder().maximumSize(REMEMBERED).build();

        Buckets(RateLimit.Rate rate) {
            this.nanosEach = (long) (1e9 / rate.perSecond());
            this.nanosFull = nanosEach * rate.burst();
        }

        /// 0 if one was taken, else how many nanoseconds until there is one.
        long take(Object key, LongSupplier nanoTime) {
            AtomicLong fullAt = byKey.get(key, absent -> new AtomicLong(nanoTime.getAsLong()));
            while (true) {
                long seen = fullAt.get();
                // After what was seen: a thread that slept in between would be refused for the
                // others' haste.
                long now = nanoTime.getAsLong();
                long next = (seen - now > 0 ? seen : now) + nanosEach;
                long wait = next - now - nanosFull;
                if (wait > 0) {
                    return wait;
                }
                if (fullAt.compareAndSet(seen, next)) {
                    return 0;
                }
            }
        }
    }
}
