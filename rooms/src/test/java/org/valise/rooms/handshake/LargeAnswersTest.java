package org.valise.rooms.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

final class LargeAnswersTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void twoAreWorkedOnAtOnceAndTheNextWaitsForOneOfThem() throws InterruptedException {
        LargeAnswers answers = new LargeAnswers(PATIENCE);
        answers.enter();
        answers.enter();
        AtomicBoolean left = new AtomicBoolean();
        AtomicBoolean early = new AtomicBoolean();
        Thread third =
                Thread.ofVirtual()
                        .start(() -> {
                            answers.enter();
                            early.set(!left.get());
                        });
        while (third.getState() != Thread.State.TIMED_WAITING && third.isAlive()) {
            Thread.onSpinWait();
        }
        left.set(true);
        answers.leave();
        assertThat(third.join(PATIENCE)).isTrue();
        assertThat(early).isFalse();
    }

    @Test
    void whoeverWaitsTooLongIsToldToTryAgain() {
        LargeAnswers answers = new LargeAnswers(Duration.ofMillis(10));
        answers.enter();
        answers.enter();
        refused(answers);
        answers.leave();
        answers.enter();
    }

    @Test
    void whoeverIsInterruptedWaitsNoLonger() {
        LargeAnswers answers = new LargeAnswers(PATIENCE);
        answers.enter();
        answers.enter();
        Thread.currentThread().interrupt();
        refused(answers);
        assertThat(Thread.interrupted()).as("passed on").isTrue();
    }

    private static void refused(LargeAnswers answers) {
        assertThatExceptionOfType(MatrixException.class)
                .isThrownBy(answers::enter)
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo(ErrorCode.M_LIMIT_EXCEEDED);
                    assertThat(refusal.status()).isEqualTo(429);
                });
    }
}
