package org.valise.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.config.Secret;
import org.valise.platform.config.ValiseConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

final class EmbeddedPostgresTest {
    /// Making a cluster takes most of a first start: most tests begin with a copy of this one.
    private static Path made;

    private Path data;

    @BeforeAll
    static void makeOnce() throws IOException {
        made = Postgres.folder();
        EmbeddedPostgres.start(Postgres.quick(made)).close();
    }

    @AfterAll
    static void removeMade() throws IOException {
        PostgresBinaries.deleteTree(made);
    }

    @BeforeEach
    void makeFolder() throws IOException {
        data = Postgres.folder();
        Command.run(
                List.of("cp", "-a", made.resolve("postgresql").toString(), data.toString()),
                Map.of(),
                "");
    }

    @AfterEach
    void removeFolder() throws IOException {
        PostgresBinaries.deleteTree(data);
    }

    @Test
    void keepsDataOverARestart() {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(Postgres.durable(data))) {
            Postgres.keep(server, 1);
        }
        try (EmbeddedPostgres server = EmbeddedPostgres.start(Postgres.durable(data))) {
            Postgres.keep(server, 2);
            assertThat(Postgres.numbers(server)).containsExactly(1, 2);
        }
    }

    @Test
    void leavesNothingRunningAfterStop() {
        EmbeddedPostgres server = start();
        long pid = server.pid();
        server.close();
        assertThat(Postgres.runs(pid)).isFalse();
        server.close(); // a second time is harmless
    }

    @Test
    void startsAgainByItselfWhenKilled() throws Exception {
        try (EmbeddedPostgres server = EmbeddedPostgres.start(Postgres.durable(data))) {
            Postgres.keep(server, 1);
            try (Database database = Database.open(server.database().withPool(2, 1))) {
                assertThat(Postgres.numbers(database)).containsExactly(1);
                long killed = server.pid();
                PostgresProcess.signal(killed, "KILL");
                eventually(() -> server.pid() != killed);
                assertThat(eventually(() -> Postgres.numbers(database))).containsExactly(1);
            }
        }
    }

    @Test
    void startsOnTheFolderOfAKilledServer() throws Exception {
        EmbeddedPostgres server = EmbeddedPostgres.start(Postgres.durable(data));
        Postgres.keep(server, 1);
        PostgresProcess.signal(server.pid(), "KILL");
        server.close();
        try (EmbeddedPostgres again = EmbeddedPostgres.start(Postgres.durable(data))) {
            assertThat(Postgres.numbers(again)).containsExactly(1);
        }
    }

    @Test
    void refusesAFolderInUseByThisProcess() {
        try (EmbeddedPostgres server = start()) {
            assertThatThrownBy(this::start)
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining(
                            "in use by this process (" + ProcessHandle.current().pid() + ")");
            // The refusal must not have freed the lock: another process is still refused.
            assertRefusedElsewhere(ProcessHandle.current().pid());
            Postgres.keep(server, 1);
        }
    }

    @Test
    void refusesAFolderInUseByAnotherProcess() throws Exception {
        try (StartedElsewhere other = new StartedElsewhere(data)) {
            assertThat(other.said()).startsWith("pid ");
            assertThatThrownBy(this::start)
                    .hasMessageContaining("in use by process " + other.pid())
                    .hasMessageContaining("Stop it first");
        }
    }

    @Test
    void endsWithAKilledParentAndKeepsData() throws Exception {
        try (EmbeddedPostgres server = start()) {
            Postgres.keep(server, 1);
        }
        try (StartedElsewhere other = new StartedElsewhere(data)) {
            long pid = other.serverPid();
            assertThat(Postgres.runs(pid)).isTrue();
            other.kill();
            Postgres.awaitGone(pid, Duration.ofSeconds(10));
        }
        try (EmbeddedPostgres server = start()) {
            assertThat(Postgres.numbers(server)).containsExactly(1);
        }
    }

    @Test
    void startsAtOnceAfterAKilledParentWhileTheOldServerStillStops() throws Exception {
        try (StartedElsewhere other = new StartedElsewhere(data)) {
            assertThat(other.said()).startsWith("pid ");
            other.kill();
            try (EmbeddedPostgres server = start()) {
                Postgres.keep(server, 1);
            }
        }
    }

    @Test
    void stopsAnOrphanAndTakesOver() throws Exception {
        start().close();
        Process orphan = orphan(data.resolve("postgresql"));
        try (EmbeddedPostgres server = start()) {
            assertThat(orphan.isAlive()).isFalse();
            Postgres.keep(server, 1);
        }
    }

    @Test
    void endsABackendThatSurvivesAKilledServer() throws Exception {
        EmbeddedPostgres server = EmbeddedPostgres.start(Postgres.durable(data));
        Postgres.keep(server, 1);
        AtomicLong backend = new AtomicLong();
        Thread busy =
                Thread.ofPlatform()
                        .start(() -> {
                            try (Database database =
                                    Database.open(server.database().withPool(1, 0))) {
                                database.<Boolean>read(tx -> {
                                    backend.set(
                                            tx.only(
                                                    "SELECT pg_backend_pid()",
                                                    row -> row.getInt(1)));
                                    return tx.exists(
                                            "SELECT max(i) FROM generate_series(1, 1000000000000)"
                                                    + " i");
                                });
                            } catch (DatabaseException expected) {
                                // it is to be killed
                            }
                        });
        eventually(() -> backend.get() != 0);
        Thread.sleep(200);
        PostgresProcess.signal(server.pid(), "KILL");
        server.close();
        // On a busy machine it may have noticed by itself: then there is nothing left to end.
        assumeThat(Postgres.runs(backend.get())).isTrue();
        try (EmbeddedPostgres again = EmbeddedPostgres.start(Postgres.durable(data))) {
            assertThat(Postgres.runs(backend.get())).isFalse();
            assertThat(Postgres.numbers(again)).containsExactly(1);
        }
        busy.join();
    }

    @Test
    void findsAnOrphanUnderAnotherNameOfTheFolder() throws Exception {
        Path otherName = Files.createSymbolicLink(data.resolve("link"), data.resolve("postgresql"));
        start().close();
        Process orphan = orphan(otherName);
        try (EmbeddedPostgres server = start()) {
            assertThat(orphan.isAlive()).isFalse();
            Postgres.keep(server, 1);
        }
    }

    @Test
    void ignoresAProcessNumberThatNowBelongsToAnotherProgram() throws Exception {
        start().close();
        Path pidFile = data.resolve("postgresql/cluster/postmaster.pid");
        Process other = new ProcessBuilder("sleep", "60").start();
        Files.writeString(pidFile, other.pid() + "\n" + pidFile.getParent() + "\n1\n5432\n\n\n\n");
        try (EmbeddedPostgres server = start()) {
            Postgres.keep(server, 1);
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void finishesAFirstStartThatWasCutOff() throws Exception {
        PostgresBinaries.deleteTree(data.resolve("postgresql"));
        Path half = data.resolve("postgresql/cluster.new");
        Files.createDirectories(half);
        Files.writeString(half.resolve("PG_VERSION"), "18\n");
        Files.writeString(data.resolve("postgresql/password"), "of the first try\n");
        try (EmbeddedPostgres server = start()) {
            Postgres.keep(server, 1);
        }
    }

    @Test
    void makesANewPasswordWhenTheFileIsLost() throws Exception {
        Secret before;
        try (EmbeddedPostgres server = start()) {
            Postgres.keep(server, 1);
            before = server.database().password();
        }
        Files.delete(data.resolve("postgresql/password"));
        try (EmbeddedPostgres server = start()) {
            assertThat(server.database().password()).isNotEqualTo(before);
            assertThat(Postgres.numbers(server)).containsExactly(1);
        }
    }

    @Test
    void letsNobodyInWithoutThePassword() throws Exception {
        try (EmbeddedPostgres server = start()) {
            String url = server.database().url();
            assertThatThrownBy(() ->
                            Database.open(DatabaseConfig.of(url, "valise", Secret.of("guess"))))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("password authentication failed");
            assertThatThrownBy(() ->
                            Database.open(
                                    DatabaseConfig.of(
                                            url, "postgres", server.database().password())))
                    .hasMessageContaining("no pg_hba.conf entry");
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(
                                            data.resolve("postgresql/password"))))
                    .isEqualTo("rw-------");
            assertThat(
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(
                                            data.resolve("postgresql/cluster"))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void runsWithoutPrivileges() {
        try (EmbeddedPostgres server = start();
                Database database = Database.open(server.database())) {
            assertThat(Postgres.status(server.pid(), "NoNewPrivs")).isEqualTo("1");
            assertThat(Postgres.status(server.pid(), "CapEff")).matches("0+");
            assertThat(Postgres.status(server.pid(), "Uid")).doesNotStartWith("0\t");
            assertThat(
                            database.<Boolean>read(tx ->
                                    tx.only(
                                            "SELECT rolsuper FROM pg_roles WHERE rolname ="
                                                    + " current_user",
                                            row -> row.getBoolean(1))))
                    .isFalse();
            assertThatThrownBy(() ->
                            database.run(tx -> tx.script("COPY (SELECT 1) TO PROGRAM 'true'")))
                    .hasMessageContaining("permission denied");
        }
    }

    @Test
    void isADirectChildInASessionOfItsOwn() throws Exception {
        try (EmbeddedPostgres server = start()) {
            String[] fields =
                    Files.readString(Path.of("/proc/" + server.pid() + "/stat")).split(" ");
            assertThat(Long.parseLong(fields[3])).isEqualTo(ProcessHandle.current().pid());
            // A Ctrl-C in the terminal goes to our process group: the server must not be in it.
            assertThat(Long.parseLong(fields[5])).isEqualTo(server.pid());
        }
    }

    @Test
    void runsAsRootWhereNobodyMayNotEnter() throws Exception {
        Assumptions.assumeTrue(isRoot());
        PostgresBinaries.deleteTree(data.resolve("postgresql"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        try (EmbeddedPostgres server = start()) {
            Postgres.keep(server, 1);
        }
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
        try (EmbeddedPostgres server = start()) {
            assertThat(Postgres.numbers(server)).containsExactly(1); // still as its owner
        }
    }

    @Test
    void refusesAFolderOfSomebodyElse() throws Exception {
        Assumptions.assumeTrue(isRoot());
        Command.run(
                List.of("chown", "-R", "nobody", data.resolve("postgresql").toString()),
                Map.of(),
                "");
        assertThatThrownBy(this::start)
                .hasMessageContaining("belongs to nobody, and Valise runs as root")
                .hasMessageContaining("Run Valise as nobody");
    }

    @Test
    void refusesDataOfAnotherMajorVersion() throws Exception {
        start().close();
        Path version = data.resolve("postgresql/cluster/PG_VERSION");
        Files.writeString(version, "17\n");
        assertThatThrownBy(this::start)
                .hasMessageContaining("was written by PostgreSQL 17")
                .hasMessageContaining("With the former release export the data");
        Files.writeString(version, "19\n");
        assertThatThrownBy(this::start)
                .hasMessageContaining("older release of Valise")
                .hasMessageContaining("Use the newer release");
        Files.writeString(version, "18\n");
        start().close(); // a refusal leaves neither lock nor process
    }

    @Test
    void readsTheOperatorsOwnSettings() throws Exception {
        Files.writeString(data.resolve("postgresql/postgresql.conf"), "shared_buffers = '33MB'\n");
        try (EmbeddedPostgres server = EmbeddedPostgres.start(Postgres.durable(data));
                Database database = Database.open(server.database())) {
            assertThat(setting(database, "shared_buffers")).isEqualTo("33MB");
            assertThat(setting(database, "fsync")).isEqualTo("on");
            assertThat(setting(database, "data_checksums")).isEqualTo("on");
            assertThat(setting(database, "lc_collate")).isEqualTo("C");
        }
        Files.writeString(data.resolve("postgresql/postgresql.conf"), "shared_bufers = '33MB'\n");
        assertThatThrownBy(this::start)
                .hasMessageContaining("unrecognized configuration parameter \"shared_bufers\"");
    }

    @Test
    void unpacksOnceHoweverManyAsk() throws Exception {
        Path place = data.resolve("binaries");
        AtomicInteger good = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    if (PostgresBinaries.unpacked(place).major() >= 18)
                                        good.incrementAndGet();
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                            }));
        }
        for (Thread thread : threads) thread.join();
        assertThat(good.get()).isEqualTo(2);
        try (var files = Files.list(place)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void startsFromTheConfigurationAlone() throws Exception {
        Path folder = data.resolve("data"); // made with all that it needs
        ValiseConfig config =
                ValiseConfig.of(
                        Map.of(
                                "data",
                                folder.toString(),
                                "database.pool_size",
                                "3",
                                "database.lock_timeout",
                                "7s",
                                "database.embedded.shared_buffers",
                                "32M"));
        try (Database database = Database.start(config)) {
            assertThat(setting(database, "shared_buffers")).isEqualTo("32MB");
            assertThat(setting(database, "lock_timeout")).isEqualTo("7s");
            assertThat(database.config().poolSize()).isEqualTo(3);
            ValiseConfig external =
                    ValiseConfig.of(
                            Map.of(
                                    "database.url",
                                            database.config().url().substring("jdbc:".length()),
                                    "database.user", "valise",
                                    "database.password_file",
                                            folder.resolve("postgresql/password").toString()));
            try (Database same = Database.start(external)) {
                assertThat(setting(same, "shared_buffers")).isEqualTo("32MB");
            }
            assertThat(setting(database, "shared_buffers"))
                    .isEqualTo("32MB"); // closing the other stopped nothing
        }
        assertThat(folder.resolve("postgresql/cluster/postmaster.pid")).doesNotExist();
    }

    /// A server that does not end with whoever started it.
    private static Process orphan(Path folder) throws Exception {
        PostgresBinaries binaries = PostgresBinaries.unpacked(Postgres.binaries());
        EmbeddedPostgresConfig usual = Postgres.quick(folder);
        EmbeddedPostgresConfig config =
                new EmbeddedPostgresConfig(
                        folder, usual.binaries(), false, 20, 32, usual.startTimeout());
        PostgresCluster cluster = PostgresCluster.open(config, binaries);
        List<String> command = new ArrayList<>(cluster.serverCommand(54321));
        int option = command.indexOf("--pdeathsig");
        if (option >= 0) command.subList(option, option + 2).clear();
        Process orphan =
                Command.builder(command, Map.of())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        eventually(() -> Files.readString(cluster.pidFile()).contains("ready"));
        return orphan;
    }

    private static boolean isRoot() {
        return Postgres.status(ProcessHandle.current().pid(), "Uid").startsWith("0\t");
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(Postgres.quick(data));
    }

    private void assertRefusedElsewhere(long holder) {
        try (StartedElsewhere other = new StartedElsewhere(data)) {
            assertThat(other.said()).startsWith("refused ").contains("in use by process " + holder);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String setting(Database database, String name) {
        if (name.equals("lc_collate")) {
            return database.read(tx ->
                    tx.only(
                            "SELECT datcollate FROM pg_database WHERE datname = current_database()",
                            row -> row.getString(1)));
        }
        return database.read(
                tx -> tx.only("SELECT current_setting(?)", row -> row.getString(1), name));
    }

    private static <T> T eventually(Attempt<T> attempt) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (true) {
            try {
                T result = attempt.run();
                if (!Boolean.FALSE.equals(result)) return result;
            } catch (DatabaseException | IOException e) {
                if (System.nanoTime() > end) throw e;
            }
            if (System.nanoTime() > end) throw new AssertionError("never came true");
            Thread.sleep(50);
        }
    }

    private interface Attempt<T> {
        T run() throws Exception;
    }
}
