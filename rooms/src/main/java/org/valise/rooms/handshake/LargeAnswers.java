package org.valise.rooms.handshake;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Few large answers are worked on at once, whoever gives them: each takes memory and processors.
final class LargeAnswers {
    /// An answer of more events is a large one.
    static final int EVENTS = 20_000;

    private static final int AT_ONCE = 2;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Semaphore free = new Semaphore(AT_ONCE);
    private final Duration longestWait;

    LargeAnswers() {
        this(LONGEST_WAIT);
    }

    /// @param longestWait for others
    LargeAnswers(Duration longestWait) {
        this.longestWait = longestWait;
    }

    /// @throws MatrixException `M_LIMIT_EXCEEDED` if others take too long
    void enter() {
        try {
            if (free.tryAcquire(longestWait.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new MatrixException(
                        ErrorCode.M_LIMIT_EXCEEDED, "Other large rooms are being joined, try again")
                .with("retry_after_ms", longestWait.toMillis());
    }

    void leave() {
        free.release();
    }
}
