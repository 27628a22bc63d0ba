package org.valise.platform.database;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// A real PostgreSQL server that belongs to this process: started, watched and stopped by it, with
/// its data in one folder.
///
/// It ends with this process, also when that is killed; what is left over from a crash is stopped
/// by the next start. If the server dies on its own it is started again on the same port.
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);

    /// How long the remains of a killed server may block a start: its processes end, and are
    /// reaped, a little later.
    private static final Duration REMAINS_PATIENCE = Duration.ofSeconds(8);

    /// A server that ran this long before it died is started again without delay.
    private static final Duration STABLE = Duration.ofMinutes(1);

    private static final long LONGEST_BREAK_MS = 30_000;

    private static final List<String> REMAINS =
            List.of(
                    "lock file \"postmaster.pid\" already exists",
                    "pre-existing shared memory block");
    private static final String PORT_TAKEN = "could not create any TCP/IP sockets";

    private final EmbeddedPostgresConfig config;
    private final PostgresCluster cluster;
    private final FolderLock lock;
    private final Object restarting = new Object();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private volatile PostgresProcess process;
    private volatile int port;

    private EmbeddedPostgres(
            EmbeddedPostgresConfig config, PostgresCluster cluster, FolderLock lock)
            throws IOException {
        this.config = config;
        this.cluster = cluster;
        this.lock = lock;
        this.port = freePort();
        this.process = launch(true);
        Thread.ofVirtual().name("postgres-watch").start(this::watch);
    }

    /// Starts the server, and makes its folder the first time. Refuses a folder that another
    /// process uses.
    public static EmbeddedPostgres start(EmbeddedPostgresConfig config) {
        long began = System.nanoTime();
        FolderLock lock = null;
        try {
            prepareFolder(config.folder());
            lock = FolderLock.take(config.folder());
            PostgresBinaries binaries = PostgresBinaries.unpacked(config.binaries());
            new PostgresRemains(config.folder().resolve("cluster")).clear();
            EmbeddedPostgres server =
                    new EmbeddedPostgres(config, PostgresCluster.open(config, binaries), lock);
            if (config.binaries().equals(config.folder())) binaries.removeOthers();
            LOG.info(
                    "PostgreSQL {} on 127.0.0.1:{}, data in {}, ready in {} ms",
                    binaries.version(),
                    server.port,
                    server.cluster.folder(),
                    Duration.ofNanos(System.nanoTime() - began).toMillis());
            return server;
        } catch (IOException | RuntimeException e) {
            if (lock != null) lock.close();
            if (e instanceof RuntimeException unchecked) throw unchecked;
            throw DatabaseException.refused(
                    "The embedded PostgreSQL does not start: " + reason(e), e);
        }
    }

    /// How to connect to the server's own database.
    public DatabaseConfig database() {
        return database(PostgresCluster.ROLE);
    }

    /// How to connect to another database on it.
    public DatabaseConfig database(String name) {
        return DatabaseConfig.of(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + name,
                PostgresCluster.ROLE,
                cluster.password());
    }

    /// The server's process id; for tests and for measuring.
    public long pid() {
        return process.pid();
    }

    public int port() {
        return port;
    }

    /// Stops the server: clients are cut off, everything is written.
    @Override
    public void close() {
        if (!stopping.compareAndSet(false, true)) return;
        try {
            synchronized (restarting) {
                restarting.notifyAll();
                process.stop(STOP_PATIENCE);
                process.awaitEnded();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.close();
        }
    }

    private PostgresProcess launch(boolean portMayChange) throws IOException {
        long end = System.nanoTime() + REMAINS_PATIENCE.toNanos();
        while (true) {
            PostgresProcess started = PostgresProcess.start(cluster.serverCommand(port));
            try {
                if (started.awaitReady(config.startTimeout())) return started;
            } catch (IOException e) {
                started.stop(Duration.ofSeconds(1));
                throw e;
            }
            String words = started.lastWords();
            boolean remains = REMAINS.stream().anyMatch(words::contains);
            boolean portTaken = words.contains(PORT_TAKEN);
            if (!(remains || portTaken) || System.nanoTime() > end) {
                throw new IOException("PostgreSQL ended at once. Its last words:\n" + words);
            }
            if (portTaken && portMayChange) port = freePort();
            else pause(Duration.ofMillis(200));
        }
    }

    /// Starts the server again when it dies on its own (out of memory, killed): connections break,
    /// the pool makes new ones.
    @SuppressWarnings("WaitNotInLoop") // waking too early only makes the break shorter
    private void watch() {
        for (int restarts = 0; ; restarts++) {
            long began = System.nanoTime();
            try {
                process.awaitEnded();
                synchronized (restarting) {
                    if (stopping.get()) return;
                    boolean lasted = System.nanoTime() - began > STABLE.toNanos();
                    if (lasted) restarts = 0;
                    LOG.error(
                            "PostgreSQL has died and is started again. Its last words:\n{}",
                            process.lastWords());
                    restarting.wait(Math.min(100L << Math.min(restarts, 10), LONGEST_BREAK_MS));
                    if (stopping.get()) return;
                    new PostgresRemains(cluster.folder()).clear();
                    process = launch(false);
                }
            } catch (IOException e) {
                LOG.error("PostgreSQL cannot be started again: {}", reason(e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void prepareFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            // Others may pass (the server may run as another user than we do) but not look around.
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx--x--x")));
            return;
        }
        // SECURITY: in a folder of somebody else we would write and run what they put there; as
        // root that would be everything.
        String owner = Files.getOwner(folder).getName();
        String self = RunAs.self().getName();
        if (!owner.equals(self)) {
            throw new IOException(
                    "The database folder %s belongs to %s, and Valise runs as %s. Run Valise as %s, or set another data folder (option data)."
                            .formatted(folder, owner, self, owner));
        }
    }

    /// Some exceptions of the file system have only a path for a message.
    private static String reason(Exception e) {
        if (e instanceof AccessDeniedException denied) {
            return "no permission for %s. The user who runs Valise must own the data folder."
                    .formatted(denied.getFile());
        }
        return e instanceof FileSystemException
                ? e.getClass().getSimpleName() + " " + e.getMessage()
                : String.valueOf(e.getMessage());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void pause(Duration time) throws IOException {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting PostgreSQL", e);
        }
    }
}
