package org.valise.federation.inbound;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;

/// Work that stands in lines: what is in the same line is done in order, by one thread, some of it
/// at a time. A line has a thread as long as it is not empty. How long lines may get is for those
/// to say who add to them.
///
/// @param <K> names a line
final class Lines<K, T> {
    private static final Logger LOG = LoggerFactory.getLogger(Lines.class);

    private final String name;
    private final int mostAtATime;
    private final Function<K, Semaphore> permits;
    private final Work<K, T> work;
    private final Consumer<T> undone;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private final Map<K, Deque<T>> lines = new HashMap<>();
    private boolean closed;

    /// Does some of what stands in a line.
    @FunctionalInterface
    interface Work<K, T> {
        void run(K line, List<T> items);
    }

    /// @param permits what lines share that must not all be worked at once
    /// @param undone told of each item whose work failed
    Lines(
            String name,
            int mostAtATime,
            Function<K, Semaphore> permits,
            Work<K, T> work,
            Consumer<T> undone) {
        this.name = name;
        this.mostAtATime = mostAtATime;
        this.permits = permits;
        this.work = work;
        this.undone = undone;
    }

    void add(K line, T item) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            Deque<T> waiting = lines.get(line);
            if (waiting == null) {
                waiting = new ArrayDeque<>();
                lines.put(line, waiting);
                Thread.ofVirtual().name(name + " " + line).start(() -> run(line));
            }
            waiting.add(item);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets what stands in lines.
    void clear() {
        lock.lock();
        try {
            lines.values().forEach(Deque::clear);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets what stands in lines, and waits for what is being done.
    ///
    /// @return whether it is done
    boolean close(long nanos) {
        lock.lock();
        try {
            closed = true;
            lines.values().forEach(Deque::clear);
            long left = nanos;
            while (!lines.isEmpty() && left > 0) {
                left = idle.awaitNanos(left);
            }
            return lines.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void run(K line) {
        Semaphore permit = permits.apply(line);
        permit.acquireUninterruptibly();
        try {
            for (List<T> next = next(line); !next.isEmpty(); next = next(line)) {
                try {
                    work.run(line, next);
                } catch (RuntimeException e) {
                    LOG.warn("{}: {} were left undone", name, next.size(), e);
                    next.forEach(undone);
                }
            }
        } finally {
            permit.release();
        }
    }

    /// The next items; none when the line has ended, and is no more.
    private List<T> next(K line) {
        lock.lock();
        try {
            Deque<T> waiting = lines.get(line);
            if (waiting == null || waiting.isEmpty()) {
                lines.remove(line);
                idle.signalAll();
                return List.of();
            }
            List<T> taken = new ArrayList<>();
            while (taken.size() < mostAtATime && !waiting.isEmpty()) {
                taken.add(waiting.remove());
            }
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
