package org.valise.devices.remote;

import java.util.Collection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// Does the same for many at the same time, each on a virtual thread of its own.
final class AtOnce {
    private AtOnce() {}

    /// Returns when all are done.
    ///
    /// @param most how many are under way at a time
    /// @param task must end in a bounded time, and not throw
    static <T> void forEach(Collection<T> items, int most, Consumer<T> task) {
        if (items.size() == 1) {
            items.forEach(task);
            return;
        }
        Semaphore free = new Semaphore(most);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (T item : items) {
                threads.execute(() -> {
                    free.acquireUninterruptibly();
                    try {
                        task.accept(item);
                    } finally {
                        free.release();
                    }
                });
            }
        }
    }
}
