package org.valise.bench.chat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Many requests, a few at a time.
public final class Parallel {
    private static final int AT_A_TIME = 8;

    private Parallel() {}

    /// One of many.
    @FunctionalInterface
    public interface Step {
        void run(int number) throws IOException;
    }

    /// Runs the step for 0 to `count` - 1, until all are done or one fails.
    public static void run(int count, Step step) throws IOException {
        run(count, AT_A_TIME, step);
    }

    /// The same with so many at a time.
    public static void run(int count, int atATime, Step step) throws IOException {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<Exception> failure = new AtomicReference<>();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < Math.min(atATime, count); i++) {
            workers.add(Thread.startVirtualThread(() -> work(count, step, next, failure)));
        }
        await(workers);
        if (failure.get() != null) {
            throw new IOException(failure.get().getMessage(), failure.get());
        }
    }

    private static void work(
            int count, Step step, AtomicInteger next, AtomicReference<Exception> failure) {
        try {
            for (int number = next.getAndIncrement();
                    number < count && failure.get() == null;
                    number = next.getAndIncrement()) {
                step.run(number);
            }
        } catch (IOException | RuntimeException e) {
            synchronized (failure) {
                if (failure.get() == null) {
                    failure.set(e);
                }
            }
        }
    }

    static void await(List<Thread> threads) throws IOException {
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
