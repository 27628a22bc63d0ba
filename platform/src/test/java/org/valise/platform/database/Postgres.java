package org.valise.platform.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

/// Folders and servers for the tests of this package.
final class Postgres {
    private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

    private Postgres() {}

    /// A new folder that the server's user may enter.
    static Path folder() throws IOException {
        Path folder = Files.createTempDirectory(TEMPORARY, "valise-pg-test-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        return folder;
    }

    /// As in production (safe on a crash), but with binaries that are unpacked already.
    static EmbeddedPostgresConfig durable(Path data) {
        return EmbeddedPostgresConfig.in(data).withBinaries(binaries());
    }

    /// The same without waiting for the disk: what is tested survives a killed process all the
    /// same.
    static EmbeddedPostgresConfig quick(Path data) {
        EmbeddedPostgresConfig durable = durable(data);
        return new EmbeddedPostgresConfig(
                durable.folder(),
                durable.binaries(),
                false,
                durable.maxConnections(),
                durable.sharedBuffersMb(),
                durable.startTimeout());
    }

    static EmbeddedPostgresConfig throwaway(Path data) {
        return EmbeddedPostgresConfig.throwaway(data.resolve("postgresql"), binaries());
    }

    static Path binaries() {
        return TEMPORARY.resolve("valise-postgres-" + System.getProperty("user.name"));
    }

    static List<Integer> numbers(EmbeddedPostgres server) {
        try (Database database = Database.open(server.database().withPool(1, 0))) {
            return numbers(database);
        }
    }

    static List<Integer> numbers(Database database) {
        return database.read(
                tx -> tx.query("SELECT number FROM kept ORDER BY number", row -> row.getInt(1)));
    }

    static void keep(EmbeddedPostgres server, int number) {
        try (Database database = Database.open(server.database().withPool(1, 0))) {
            database.run(tx -> {
                tx.update("CREATE TABLE IF NOT EXISTS kept (number int)");
                tx.update("INSERT INTO kept VALUES (?)", number);
            });
        }
    }

    static boolean runs(long pid) {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
                && !status(pid, "State").startsWith("Z");
    }

    /// A line of `/proc/<pid>/status`.
    static String status(long pid, String key) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith(key + ":"))
                    .map(line -> line.substring(key.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "Z"; // gone
        }
    }

    static void awaitGone(long pid, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        while (runs(pid)) {
            if (System.nanoTime() > end) throw new AssertionError("process " + pid + " lives on");
            Thread.sleep(20);
        }
    }
}
