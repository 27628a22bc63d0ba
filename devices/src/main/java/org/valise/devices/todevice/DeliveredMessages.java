package org.valise.devices.todevice;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Deletes what was delivered, for many devices at a time and behind the responses.
///
/// Nothing depends on when it is done: readers begin after what they have seen. What is not deleted
/// when the server stops is deleted when the device comes again.
final class DeliveredMessages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveredMessages.class);
    private static final int MOST_AT_ONCE = 1_000;
    private static final Duration AFTER_A_FAULT = Duration.ofSeconds(5);

    private final MessageStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Long, Delivered> waiting = new HashMap<>();
    private final Thread worker =
            Thread.ofVirtual().name("delivered-messages").unstarted(this::work);
    private boolean closed;

    /// Everything for a device up to a position.
    private record Delivered(long user, long device, long upTo) {}

    DeliveredMessages(MessageStore store) {
        this.store = store;
    }

    void start() {
        worker.start();
    }

    /// Deletes what was queued, then ends.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (worker.isAlive()) {
                worker.join(AFTER_A_FAULT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void delete(long user, long device, long upTo) {
        lock.lock();
        try {
            queue(new Delivered(user, device, upTo));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void queue(Delivered one) {
        waiting.merge(one.device(), one, (a, b) -> a.upTo() > b.upTo() ? a : b);
    }

    private void work() {
        try {
            Map<Long, Delivered> batch = take();
            while (!batch.isEmpty()) {
                delete(batch);
                batch = take();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Waits for work; nothing means the end.
    private Map<Long, Delivered> take() throws InterruptedException {
        Map<Long, Delivered> batch = new HashMap<>();
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.await();
            }
            Iterator<Delivered> next = waiting.values().iterator();
            while (next.hasNext() && batch.size() < MOST_AT_ONCE) {
                Delivered one = next.next();
                batch.put(one.device(), one);
                next.remove();
            }
        } finally {
            lock.unlock();
        }
        return batch;
    }

    private void delete(Map<Long, Delivered> batch) throws InterruptedException {
        try {
            store.delete(
                    batch.values().stream().mapToLong(Delivered::user).toArray(),
                    batch.values().stream().mapToLong(Delivered::device).toArray(),
                    batch.values().stream().mapToLong(Delivered::upTo).toArray());
        } catch (RuntimeException e) {
            LOG.warn("could not delete delivered messages, trying again: {}", e.getMessage());
            lock.lockInterruptibly();
            try {
                if (closed) {
                    return;
                }
                batch.values().forEach(this::queue);
                changed.awaitNanos(AFTER_A_FAULT.toNanos());
            } finally {
                lock.unlock();
            }
        }
    }
}
