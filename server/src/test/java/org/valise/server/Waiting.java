package org.valise.server;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// Waits for what comes about in the background.
final class Waiting {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofMillis(25);

    private Waiting() {}

    /// The first value there is.
    static <T> T until(Supplier<Optional<T>> look) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            Optional<T> found = look.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it did not come about within " + PATIENCE);
            }
            pause();
        }
    }

    /// Returns when a condition holds.
    static void untilTrue(Supplier<Boolean> condition) {
        until(() -> condition.get() ? Optional.of(true) : Optional.empty());
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
