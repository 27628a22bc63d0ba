package org.valise.platform.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Whether the server is about to stop, and who must be woken when it is.
///
/// A long poll that still waits then answers with what it has, so that a stop does not have to wait
/// for it.
public final class Draining {
    private final Set<Runnable> waiting = ConcurrentHashMap.newKeySet();
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

    void start() {
        started = true;
        for (Runnable hook : waiting) {
            if (waiting.remove(hook)) {
                hook.run();
            }
        }
    }
}
