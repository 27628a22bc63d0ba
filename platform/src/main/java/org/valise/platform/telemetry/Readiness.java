package org.valise.platform.telemetry;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Whether this node should be given requests: every check passes.
public final class Readiness {
    /// A check that takes longer has failed.
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Map<String, Check> checks = new ConcurrentSkipListMap<>();

    /// Passes, or throws what is wrong.
    @FunctionalInterface
    public interface Check {
        void run() throws Exception;
    }

    /// @param name what the operator reads: `database`, `stream`, `accepting`
    public Readiness add(String name, Check check) {
        checks.put(name, check);
        return this;
    }

    /// For each check `ok` or what is wrong with it, all asked at the same time.
    Map<String, String> ask() {
        Map<String, FutureTask<String>> running = new LinkedHashMap<>();
        checks.forEach((name, check) -> {
            FutureTask<String> task =
                    new FutureTask<>(() -> {
                        check.run();
                        return "ok";
                    });
            Thread.ofVirtual().name("readiness-" + name).start(task);
            running.put(name, task);
        });
        Map<String, String> outcomes = new LinkedHashMap<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        running.forEach((name, task) -> outcomes.put(name, outcome(task, deadline)));
        return outcomes;
    }

    private static String outcome(FutureTask<String> task, long deadline) {
        try {
            return task.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return "failed: " + e.getCause();
        } catch (TimeoutException e) {
            task.cancel(true);
            return "failed: no answer within " + PATIENCE.toSeconds() + " s";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "failed: interrupted";
        }
    }
}
