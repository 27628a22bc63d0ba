package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.error.MatrixException;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

final class RateLimitsTest {
    private final AtomicLong clock = new AtomicLong();

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE - 1, Long.MIN_VALUE})
    void allowsABurstAndThenSoManyASecondWhateverTheClockSays(long start) {
        clock.set(start);
        RateLimits limits = limits(10, 5);
        assertThat(taken(limits, "alice", 20)).isEqualTo(5);
        clock.addAndGet(200_000_000);
        assertThat(taken(limits, "alice", 20)).isEqualTo(2);
        clock.addAndGet(3_600_000_000_000L);
        assertThat(taken(limits, "alice", 20)).isEqualTo(5);
    }

    @Test
    void saysHowLongToWait() {
        RateLimits limits = limits(2, 1);
        limits.check(RateLimit.LOGIN_ACCOUNT, "alice");
        clock.addAndGet(100_000_000);
        MatrixException refusal =
                catchThrowableOfType(
                        MatrixException.class,
                        () -> limits.check(RateLimit.LOGIN_ACCOUNT, "alice"));
        assertThat(refusal.json().integer("retry_after_ms")).hasValue(400L);
        clock.addAndGet(400_000_000);
        limits.check(RateLimit.LOGIN_ACCOUNT, "alice");
    }

    @Test
    void countsEachKeyAndEachLimitApart() {
        RateLimits limits = limits(0.001, 1);
        limits.check(RateLimit.LOGIN_ACCOUNT, "alice");
        limits.check(RateLimit.LOGIN_ACCOUNT, "bob");
        limits.check(RateLimit.LOGIN, "alice");
        assertThatThrownBy(() -> limits.check(RateLimit.LOGIN_ACCOUNT, "alice"))
                .isInstanceOf(MatrixException.class);
    }

    @Test
    void givesNoMoreThanThereIsToManyAtOnce() throws Exception {
        RateLimits limits = limits(0.001, 50);
        AtomicInteger passed = new AtomicInteger();
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] =
                    Thread.ofVirtual().start(() -> passed.addAndGet(taken(limits, "alice", 100)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(passed).hasValue(50);
    }

    @Test
    void canBeSwitchedOff() {
        assertThat(taken(RateLimits.none(), "alice", 10_000)).isEqualTo(10_000);
    }

    @Test
    void countsAnIpv6HostByItsNetwork() {
        assertThat(ClientAddress.limitKey("2001:db8:1:2:3:4:5:6"))
                .isEqualTo(ClientAddress.limitKey("2001:db8:1:2::9"));
        assertThat(ClientAddress.limitKey("2001:db8:1:3::1"))
                .isNotEqualTo(ClientAddress.limitKey("2001:db8:1:2::1"));
        assertThat(ClientAddress.limitKey("192.0.2.1")).isEqualTo("192.0.2.1");
    }

    private RateLimits limits(double perSecond, int burst) {
        return RateLimits.at(
                clock::get, Map.of(RateLimit.LOGIN_ACCOUNT, new RateLimit.Rate(perSecond, burst)));
    }

    private static int taken(RateLimits limits, Object key, int attempts) {
        int passed = 0;
        for (int i = 0; i < attempts; i++) {
            try {
                limits.check(RateLimit.LOGIN_ACCOUNT, key);
                passed++;
            } catch (MatrixException refused) {
                // As it should be.
            }
        }
        return passed;
    }
}
