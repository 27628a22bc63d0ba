package org.valise.bench.machine;

import org.jspecify.annotations.Nullable;
import org.valise.bench.client.MatrixClient;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The server of this repository in a process of its own, as `./dev run` starts it: the same jar
/// and the same options of the JVM, on embedded PostgreSQL with fsync on, with registration open
/// and without rate limits.
public final class BenchServer implements Target {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration STOP = Duration.ofMinutes(1);
    private static final Pattern SERVES = Pattern.compile(" serves \\S+ at (http://\\S+) ");
    private static final String JAR = "valise.server.jar";
    private static final String FLAGS = "valise.server.flags";

    private final Process process;
    private final Path data;
    private final URI uri;
    private final Duration startTime;
    private final @Nullable ProcessGroup sharedDatabase;
    private final Thread stopWithUs;

    private BenchServer(
            Process process,
            Path data,
            URI uri,
            Duration startTime,
            @Nullable ProcessGroup sharedDatabase) {
        this.process = process;
        this.data = data;
        this.uri = uri;
        this.startTime = startTime;
        this.sharedDatabase = sharedDatabase;
        this.stopWithUs = Thread.ofPlatform().unstarted(this::stop);
        Runtime.getRuntime().addShutdownHook(stopWithUs);
    }

    /// Starts it on this data folder, and returns when it has answered a request.
    public static BenchServer start(Path data) throws IOException {
        return start(data, List.of());
    }

    /// Starts a node of a server on a database that others may share.
    public static BenchServer startNode(Path data, SharedDatabase database) throws IOException {
        return start(
                data,
                List.of(
                        "--set",
                        "database.url=" + database.url(),
                        "--set",
                        "database.user=" + database.user(),
                        "--set",
                        "database.password=" + database.password()),
                database.processes());
    }

    /// Starts it on this data folder with further options of the command line.
    public static BenchServer start(Path data, List<String> options) throws IOException {
        return start(data, options, null);
    }

    private static BenchServer start(
            Path data, List<String> options, @Nullable ProcessGroup sharedDatabase)
            throws IOException {
        Path log = data.resolveSibling(data.getFileName() + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(property(FLAGS).strip().split(" +")));
        command.addAll(List.of("-jar", property(JAR), "--data", data.toString()));
        command.addAll(List.of("--set", "port=0", "--set", "management.port=0"));
        command.addAll(List.of("--open-registration", "--no-rate-limits"));
        command.addAll(options);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(data.resolveSibling("").toFile()); // where no valise.yaml lies
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        long begin = System.nanoTime();
        Process process = builder.start();
        try {
            URI uri = awaitAddress(process, log, begin);
            try (MatrixClient client = new MatrixClient(uri, null)) {
                if (!client.answers()) {
                    throw new IOException("the server says it serves, but answers nothing");
                }
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            return new BenchServer(process, data, uri, took, sharedDatabase);
        } catch (IOException | RuntimeException e) {
            process.destroy();
            throw e;
        }
    }

    private static URI awaitAddress(Process process, Path log, long begin) throws IOException {
        while (true) {
            boolean alive = process.isAlive();
            String text = Files.readString(log);
            Matcher serves = SERVES.matcher(text);
            if (serves.find()) {
                return URI.create(serves.group(1));
            }
            if (!alive || System.nanoTime() - begin > START.toNanos()) {
                throw new IOException("the server does not start:\n" + text);
            }
            pause(Duration.ofMillis(2));
        }
    }

    private static String property(String name) {
        return Optional.ofNullable(System.getProperty(name))
                .orElseThrow(() ->
                        new IllegalStateException(
                                name + " is not set: start the benchmarks by ./dev bench"));
    }

    private static void pause(Duration time) throws IOException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the server starts", e);
        }
    }

    @Override
    public URI uri() {
        return uri;
    }

    @Override
    public List<ProcessGroup> processes() {
        ProcessGroup database =
                sharedDatabase == null
                        ? new ProcessGroup("PostgreSQL", Long.parseLong(postmaster().getFirst()))
                        : sharedDatabase;
        return List.of(new ProcessGroup("server", process.pid()), database);
    }

    /// How long it took from the start of the process to its first answer.
    public Duration startTime() {
        return startTime;
    }

    /// For [java.sql.DriverManager].
    public String jdbcUrl() throws IOException {
        String password = Files.readString(data.resolve("postgresql/password")).strip();
        return "jdbc:postgresql://127.0.0.1:%s/valise?user=valise&password=%s"
                .formatted(postmaster().get(3), password);
    }

    /// PostgreSQL's own note of its process id (line 1) and port (line 4).
    private List<String> postmaster() {
        try {
            return Files.readAllLines(data.resolve("postgresql/cluster/postmaster.pid")).stream()
                    .map(String::strip)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String description() {
        return "a server of its own, embedded PostgreSQL, fsync on, data in " + data;
    }

    /// Ends it and its PostgreSQL with -9.
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        close();
    }

    /// Waits for its end even if interrupted: its data may be deleted next.
    private void stop() {
        process.destroy();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
        try {
            Runtime.getRuntime().removeShutdownHook(stopWithUs);
        } catch (IllegalStateException e) {
            // The hook runs already.
        }
    }
}
