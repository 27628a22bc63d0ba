package org.valise.platform.stream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/// Makes a node of several answer as of now: what any node had acknowledged before a request came
/// is in this node's memory before the request is answered.
///
/// One query serves all requests that wait when it begins.
public final class Freshness implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Stream stream;
    private final LinkedBlockingQueue<Waiter> waiting = new LinkedBlockingQueue<>();
    private final Thread asker =
            Thread.ofPlatform().name("freshness").daemon().unstarted(this::ask);

    public Freshness(Stream stream) {
        this.stream = stream;
    }

    public void start() {
        asker.start();
    }

    @Override
    public void close() {
        asker.interrupt();
    }

    /// Returns when everything committed before the call is applied here.
    ///
    /// @throws IllegalStateException if the node cannot catch up: better no answer than an old one
    public void await() {
        Waiter waiter = new Waiter();
        waiting.add(waiter);
        try {
            waiter.answered.await();
            if (waiter.position < 0 || !stream.await(waiter.position, LIMIT)) {
                throw new IllegalStateException("this node does not keep up with the database");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while catching up", e);
        }
    }

    private void ask() {
        List<Waiter> batch = new ArrayList<>();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                batch.add(waiting.take());
            } catch (InterruptedException e) {
                return;
            }
            waiting.drainTo(batch);
            long position = -1;
            try {
                position = stream.lastPosition();
            } catch (RuntimeException e) {
                position = -1; // each waiter reports it: its request fails, and is logged there
            }
            for (Waiter waiter : batch) {
                waiter.position = position;
                waiter.answered.countDown();
            }
            batch.clear();
        }
    }

    private static final class Waiter {
        private final CountDownLatch answered = new CountDownLatch(1);
        private volatile long position = -1;
    }
}
