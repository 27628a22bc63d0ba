package org.valise.bench.demo;

import java.io.IOException;
import java.time.Duration;

/// Waits for what comes about on other servers.
final class Patience {
    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private Patience() {}

    /// What may fail while a server is away.
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException;
    }

    /// @return how long it took
    /// @throws IllegalStateException if it does not come about in time
    static Duration until(String what, Condition condition) {
        long begin = System.nanoTime();
        while (true) {
            try {
                if (condition.holds()) {
                    return Duration.ofNanos(System.nanoTime() - begin);
                }
            } catch (IOException e) {
                // asked again below
            }
            if (System.nanoTime() - begin > LONGEST.toNanos()) {
                throw new IllegalStateException(
                        "not within " + LONGEST.toSeconds() + " s: " + what);
            }
            pause(PAUSE);
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
