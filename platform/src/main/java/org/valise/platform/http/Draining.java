package org.valise.platform.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Whether the server is about to stop, and who must be woken when it is.
///
/// A long poll that still waits then answers with what it has, so that a stop does not have to wait
/// for it.
public final class Draining {
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
    private final LongAdder inFlight = new LongAdder();
    private volatile boolean started;

    Draining() {}

    public boolean isStarted() {
        return started;
    }

    /// Runs `hook` once, when draining starts; at once if it has. It must not block.
    public void onStart(Runnable hook) {
        waiting.add(hook);
        if (started && waiting.remove(hook)) {
            hook.run();
        }
    }

    void forget(Runnable hook) {
        waiting.remove(hook);
    }

    /// Requests that have come and are not answered to the last byte.
    public long inFlight() {
        return inFlight.sum();
    }

    void entered() {
        inFlight.increment();
    }

    void left() {
        inFlight.decrement();
    }

    /// Whether everything was answered within that time.
    boolean awaitNothingInFlight(Duration most) {
        long deadline = System.nanoTime() + most.toNanos();
        while (inFlight() > 0) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(5_000_000);
        }
        return true;
    }

    void start() {
        started = true;
        for (Runnable hook : waiting) {
            if (waiting.remove(hook)) {
                hook.run();
            }
        }
    }
}
