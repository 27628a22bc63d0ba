package org.valise.platform.database;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// What a killed server has left on its folder: itself, when only we were killed; its backends,
/// when it was; its `postmaster.pid`.
///
/// Two servers on one folder destroy it. PostgreSQL guards against that with the process number and
/// the shared memory named in `postmaster.pid`, so that file is removed in one case only: no
/// process works in the folder, and its number belongs to another program. The caller holds the
/// folder's lock, so whatever still works there has no owner.
final class PostgresRemains {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Path PROCESSES = Path.of("/proc");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path cluster;
    private final Path pidFile;

    PostgresRemains(Path cluster) {
        this.cluster = cluster;
        this.pidFile = cluster.resolve("postmaster.pid");
    }

    /// Ends what is left, or says what must be ended by hand.
    void clear() throws IOException {
        if (!Files.exists(pidFile) || !Files.isDirectory(PROCESSES)) return;
        List<Long> left = workers();
        if (left.isEmpty()) {
            removeMisleadingPidFile();
            return;
        }
        OptionalLong server = pidInFile();
        LOG.warn(
                "PostgreSQL (process {}) has outlived a killed Valise: stopping it",
                left.getFirst());
        for (String signal : List.of("INT", "QUIT", "KILL")) {
            left = workers();
            if (server.isPresent() && left.contains(server.getAsLong())) {
                PostgresProcess.signal(server.getAsLong(), signal); // it ends its own backends
            } else {
                // Backends without a server end by themselves, except in the middle of a
                // computation. INT would only cancel that.
                for (long backend : left)
                    PostgresProcess.signal(backend, signal.equals("INT") ? "QUIT" : signal);
            }
            if (awaitNobody()) return;
        }
        throw new IOException(
                "Processes %s still work on %s and do not end. End them by hand (kill -QUIT), then start again."
                        .formatted(workers(), cluster));
    }

    /// The number in the file may by now be another program's, in a restarted container often our
    /// own: the server would take that for another server on the folder, and refuse.
    private void removeMisleadingPidFile() throws IOException {
        OptionalLong pid = pidInFile();
        boolean taken =
                pid.isPresent()
                        && Files.exists(
                                PROCESSES.resolve(Long.toString(pid.getAsLong())).resolve("cwd"));
        if (taken) Files.deleteIfExists(pidFile);
    }

    private OptionalLong pidInFile() {
        try {
            return OptionalLong.of(
                    Math.abs(Long.parseLong(Files.readAllLines(pidFile).getFirst().strip())));
        } catch (IOException | RuntimeException e) {
            return OptionalLong.empty(); // the server itself will say what is wrong with it
        }
    }

    /// The processes whose working directory is the cluster: PostgreSQL's server and all its
    /// backends are, and hardly anything else.
    private List<Long> workers() throws IOException {
        List<Long> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : processes) {
                Path number = process.getFileName();
                if (number != null && worksHere(process) && isPostgres(process)) {
                    found.add(Long.parseLong(number.toString()));
                }
            }
        }
        return found;
    }

    private boolean worksHere(Path process) {
        try {
            // By inode, not by name: a link or a mount may have given the folder another name.
            return Files.isSameFile(process.resolve("cwd"), cluster);
        } catch (IOException e) {
            return false; // gone, or of a user who cannot write to our folder either
        }
    }

    private static boolean isPostgres(Path process) {
        try {
            return Files.readString(process.resolve("comm")).startsWith("postgres");
        } catch (IOException e) {
            return false;
        }
    }

    private boolean awaitNobody() throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!workers().isEmpty()) {
            if (System.nanoTime() > end) return false;
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while an old PostgreSQL stops", e);
            }
        }
        return true;
    }
}
