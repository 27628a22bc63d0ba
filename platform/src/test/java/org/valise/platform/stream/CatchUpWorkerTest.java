package org.valise.platform.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

class CatchUpWorkerTest {
    private final AtomicInteger there = new AtomicInteger();
    private volatile int seen;
    private final Semaphore runs = new Semaphore(0);
    private final Semaphore mayGoOn = new Semaphore(0);

    private void catchUp() {
        int found = there.get();
        runs.release();
        mayGoOn.acquireUninterruptibly();
        seen = found;
    }

    @Test
    void hasSettledWhenWhatItWasWokenForIsDoneThoughMoreHasComeSince() throws Exception {
        try (CatchUpWorker worker = new CatchUpWorker("test", this::catchUp)) {
            there.set(1);
            worker.wake();
            runs.acquire();
            // The run under way began before this: another one has to come.
            there.set(2);
            worker.wake();
            Thread waiting = Thread.ofVirtual().start(worker::settle);
            mayGoOn.release();
            runs.acquire();
            assertThat(waiting.isAlive()).isTrue();
            mayGoOn.release();
            waiting.join();
            assertThat(seen).isEqualTo(2);
            worker.settle();
        }
    }

    @Test
    void goesOnAfterAFailure() {
        AtomicInteger attempts = new AtomicInteger();
        try (CatchUpWorker worker =
                new CatchUpWorker(
                        "test",
                        () -> {
                            if (attempts.incrementAndGet() == 1) {
                                throw new IllegalStateException("once");
                            }
                        })) {
            worker.wake();
            worker.settle();
            worker.wake();
            worker.settle();
            assertThat(attempts).hasValue(2);
        }
    }

    @Test
    void doesNothingOnceClosed() {
        CatchUpWorker worker = new CatchUpWorker("test", this::catchUp);
        worker.close();
        worker.wake();
        worker.settle();
        assertThat(runs.availablePermits()).isZero();
    }
}
