package org.valise.platform.stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Does what follows from changes, behind the commit: one thread at a time, woken up when there is
/// something to do, and no thread while there is not.
///
/// The task remembers how far it has got, and goes on there each time. If it fails, the next
/// waking, or the next start of the server, tries again.
public final class CatchUpWorker implements AutoCloseable {
    private static final long NOTHING = -1;
    private static final Logger LOG = LoggerFactory.getLogger(CatchUpWorker.class);
    private static final Duration MAX_WAIT_TO_CLOSE = Duration.ofSeconds(5);
    private static final Duration MAX_WAIT_TO_SETTLE = Duration.ofSeconds(3);

    private final String name;
    private final Runnable catchUp;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    private boolean working;

    /// How often it was woken, and how many of these wakings are dealt with.
    private long woken;

    private long done;
    private volatile boolean closed;

    /// @param name of its thread
    /// @param catchUp does all there is to do at that moment; looks at [#isClosed] now and then
    public CatchUpWorker(String name, Runnable catchUp) {
        this.name = name;
        this.catchUp = catchUp;
    }

    /// There is something to do. Never blocks.
    public void wake() {
        lock.lock();
        try {
            woken++;
            if (!working && !closed) {
                working = true;
                Thread.ofVirtual().name(name).start(this::work);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whether the rest is to be left to the next start.
    public boolean isClosed() {
        return closed;
    }

    /// Waits, for a bounded time, until what it was woken for before now is done.
    public void settle() {
        lock.lock();
        try {
            long before = woken;
            await(() -> done < before && !closed, MAX_WAIT_TO_SETTLE);
        } finally {
            lock.unlock();
        }
    }

    /// Waits, for a bounded time, until nothing is under way.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            await(() -> working, MAX_WAIT_TO_CLOSE);
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier wait, Duration limit) {
        try {
            long left = limit.toNanos();
            while (wait.getAsBoolean() && left > 0) {
                left = progress.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        long goal = 0;
        while (true) {
            goal = next(goal);
            if (goal == NOTHING) {
                return;
            }
            try {
                catchUp.run();
            } catch (RuntimeException e) {
                LOG.warn("{} could not catch up", name, e);
            }
        }
    }

    /// @param reached what is dealt with
    /// @return what the next run deals with
    private long next(long reached) {
        lock.lock();
        try {
            done = Math.max(done, reached);
            working = done < woken && !closed;
            progress.signalAll();
            return working ? woken : NOTHING;
        } finally {
            lock.unlock();
        }
    }
}
