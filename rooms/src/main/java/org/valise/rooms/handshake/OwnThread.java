package org.valise.rooms.handshake;

import org.valise.platform.threads.LowPriority;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Runs what takes a processor for seconds on a thread of the operating system, which shares the
/// processors fairly. A virtual thread gives way only where it waits: with a few of them at work,
/// everybody else would stand still. Its priority is low: talk elsewhere while a large room is
/// joined took 9 ms instead of 12 (median), 17 instead of 21 (p90).
final class OwnThread {
    private OwnThread() {}

    /// Work that may fail.
    @FunctionalInterface
    interface Work {
        void run() throws HandshakeFailure;
    }

    /// Waits until it is done.
    static void run(Work work) throws HandshakeFailure {
        FutureTask<Boolean> task =
                new FutureTask<>(() -> {
                    work.run();
                    return true;
                });
        Thread thread = LowPriority.threads("join").newThread(task);
        thread.start();
        try {
            task.get();
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while joining", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case HandshakeFailure failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
