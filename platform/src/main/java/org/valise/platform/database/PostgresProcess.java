package org.valise.platform.database;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// One run of the server program, as a direct child of this process.
///
/// The child is told to end when the *thread* that started it ends (that is how Linux defines it),
/// so a thread of its own starts it, reads its log and lives as long as it does.
final class PostgresProcess {
    private static final Logger LOG = LoggerFactory.getLogger("org.valise.postgres");
    private static final String READY = "database system is ready to accept connections";
    private static final String ON_REQUEST = "due to administrator command";
    private static final int REMEMBERED_LINES = 20;

    private static final Executor AFTER_LAST_WORDS =
            CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

    private enum Phase {
        STARTING,
        READY,
        ENDED
    }

    private final Object monitor = new Object();
    private final Deque<String> lastLines = new ArrayDeque<>();
    private Phase phase = Phase.STARTING;
    private @Nullable Process process;
    private @Nullable IOException failure;

    private PostgresProcess() {}

    static PostgresProcess start(List<String> command) {
        PostgresProcess postgres = new PostgresProcess();
        Thread.ofPlatform().name("postgres").daemon(true).start(() -> postgres.live(command));
        return postgres;
    }

    /// Waits until the server takes connections; false when it ended instead.
    boolean awaitReady(Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (monitor) {
            while (phase == Phase.STARTING) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new IOException(
                            "PostgreSQL was not ready after "
                                    + limit.toSeconds()
                                    + " s. Its last words:\n"
                                    + lastWords());
                }
                pause(left);
            }
            if (failure != null) throw failure;
            return phase == Phase.READY;
        }
    }

    /// Ends it: fast (clients are cut off, everything is written), after a while without ceremony.
    void stop(Duration patience) throws IOException {
        Process running = process();
        if (running == null) return;
        for (String signal : List.of("INT", "QUIT", "KILL")) {
            if (!running.isAlive()) return;
            signal(running.pid(), signal);
            if (awaitEnd(running, signal.equals("INT") ? patience : Duration.ofSeconds(5))) return;
            LOG.warn("PostgreSQL does not end on SIG{}", signal);
        }
    }

    boolean isAlive() {
        Process running = process();
        return running != null && running.isAlive();
    }

    long pid() {
        Process running = process();
        return running == null ? -1 : running.pid();
    }

    /// Waits until the child is gone and reaped.
    void awaitEnded() throws IOException {
        synchronized (monitor) {
            while (phase != Phase.ENDED) pause(1000);
        }
    }

    String lastWords() {
        synchronized (monitor) {
            return String.join("\n", lastLines);
        }
    }

    /// Sends a signal by the shell's built-in `kill`: slim images have no program for it.
    static void signal(long pid, String signal) throws IOException {
        Command.run(List.of("sh", "-c", "kill -" + signal + " " + pid), Map.of(), "");
    }

    private @Nullable Process process() {
        synchronized (monitor) {
            return process;
        }
    }

    private void live(List<String> command) {
        try {
            Process started = Command.builder(command, Map.of()).start();
            synchronized (monitor) {
                process = started;
            }
            // A backend that outlives the server holds the log open.
            started.onExit().thenRunAsync(() -> enter(Phase.ENDED), AFTER_LAST_WORDS);
            started.getOutputStream().close();
            try (BufferedReader log =
                    new BufferedReader(
                            new InputStreamReader(
                                    started.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = log.readLine(); line != null; line = log.readLine()) heard(line);
            }
            started.waitFor();
        } catch (IOException e) {
            synchronized (monitor) {
                failure = e;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            enter(Phase.ENDED);
        }
    }

    private void heard(String line) {
        synchronized (monitor) {
            lastLines.addLast(line);
            if (lastLines.size() > REMEMBERED_LINES) lastLines.removeFirst();
        }
        if (line.contains(READY)) enter(Phase.READY);
        // A statement's error reaches whoever ran it; here it is only background.
        if (line.startsWith("PANIC:")) LOG.error("{}", line);
        else if (line.contains(ON_REQUEST)) LOG.debug("{}", line);
        else if (line.startsWith("FATAL:") || line.startsWith("WARNING:")) LOG.warn("{}", line);
        else LOG.debug("{}", line);
    }

    private void enter(Phase next) {
        synchronized (monitor) {
            if (phase != Phase.ENDED) phase = next;
            monitor.notifyAll();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // every caller is a loop
    private void pause(long millis) throws IOException {
        try {
            monitor.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for PostgreSQL", e);
        }
    }

    private static boolean awaitEnd(Process process, Duration limit) throws IOException {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL stops", e);
        }
    }
}
