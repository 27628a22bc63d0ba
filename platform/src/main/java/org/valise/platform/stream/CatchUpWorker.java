package org.valise.platform.stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Does what follows from changes, behind the commit: one thread at a time, woken up when there is
/// something to do, and no thread while there is not.
///
/// The task remembers how far it has got, and goes on there each time. If it fails, the next
/// waking, or the next start of the server, tries again.
public final class CatchUpWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatchUpWorker.class);
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private final String name;
    private final Runnable catchUp;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private boolean working;
    private boolean wokenAgain;
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
            wokenAgain = true;
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

    /// Waits, for a bounded time, until nothing is under way.
    @Override
    public void close() {
        closed = true;
        lock.lock();
        try {
            long left = MAX_WAIT.toNanos();
            while (working && left > 0) {
                left = idle.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        while (isWanted()) {
            try {
                catchUp.run();
            } catch (RuntimeException e) {
                LOG.warn("{} could not catch up", name, e);
            }
        }
    }

    private boolean isWanted() {
        lock.lock();
        try {
            working = wokenAgain && !closed;
            wokenAgain = false;
            if (!working) {
                idle.signalAll();
            }
            return working;
        } finally {
            lock.unlock();
        }
    }
}
