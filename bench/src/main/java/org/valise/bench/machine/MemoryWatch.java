package org.valise.bench.machine;

import java.time.Duration;
import java.util.List;

/// Looks every few milliseconds how much resident memory some processes have (each by itself,
/// without its descendants), and remembers the most.
public final class MemoryWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final Processes machine = Processes.ofThisMachine();
    private final List<ProcessGroup> processes;
    private final long before;
    private final Thread watching;
    private volatile long most;

    private MemoryWatch(List<ProcessGroup> processes) {
        this.processes = processes;
        this.before = now();
        this.most = before;
        this.watching = Thread.ofPlatform().daemon().name("memory-watch").start(this::watch);
    }

    public static MemoryWatch over(List<ProcessGroup> processes) {
        return new MemoryWatch(processes);
    }

    /// By how many bytes they grew at most since the watch began.
    public long growth() {
        return Math.max(most, now()) - before;
    }

    private long now() {
        return processes.stream().mapToLong(group -> machine.residentBytes(group.pid())).sum();
    }

    private void watch() {
        try {
            while (true) {
                long now = now();
                if (now > most) {
                    most = now;
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    @Override
    public void close() {
        watching.interrupt();
    }
}
