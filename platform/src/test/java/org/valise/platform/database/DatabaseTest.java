package org.valise.platform.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.config.Secret;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

final class DatabaseTest {
    private static Path data;
    private static EmbeddedPostgres server;
    private static Database database;

    @BeforeAll
    static void start() throws IOException {
        data = Postgres.folder();
        server = EmbeddedPostgres.start(Postgres.throwaway(data));
        database = Database.open(server.database().withPool(4, 2));
        database.run(tx ->
                tx.script(
                        """
                        CREATE TABLE pair (id bigint PRIMARY KEY, name text COLLATE "C" CONSTRAINT pair_name UNIQUE);
                        CREATE TABLE kinds (l bigint, i int, t text, b bytea, f boolean, m timestamptz, ls bigint[], js int[], ts text[],
                                            bs bytea[], d double precision);
                        """));
    }

    @AfterAll
    static void stop() throws IOException {
        database.close();
        server.close();
        PostgresBinaries.deleteTree(data);
    }

    @BeforeEach
    void empty() {
        database.run(tx -> tx.script("TRUNCATE pair, kinds"));
    }

    @Test
    void carriesEveryTypeThereAndBack() {
        Instant now = Instant.parse("2026-11-21T10:15:30.123456Z");
        byte[] bytes = {0, 1, -1};
        database.run(tx ->
                tx.update(
                        "INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        1L << 60,
                        7,
                        "π\u0001'\"\\",
                        bytes,
                        true,
                        now,
                        new long[] {1, -2, 1L << 60},
                        new int[] {3, -4},
                        new String[] {"a", "", "NULL", "{\"x\",}"},
                        new byte[][] {bytes, {}},
                        1.5));
        database.read(tx ->
                tx.only(
                        "SELECT * FROM kinds",
                        row -> {
                            assertThat(row.getLong("l")).isEqualTo(1L << 60);
                            assertThat(row.getInt("i")).isEqualTo(7);
                            assertThat(row.getString("t")).isEqualTo("π\u0001'\"\\");
                            assertThat(row.getBytes("b")).isEqualTo(bytes);
                            assertThat(row.getBoolean("f")).isTrue();
                            assertThat(Rows.instant(row, "m")).isEqualTo(now);
                            assertThat(Rows.longs(row, "ls")).containsExactly(1, -2, 1L << 60);
                            assertThat(Rows.ints(row, "js")).containsExactly(3, -4);
                            assertThat(Rows.strings(row, "ts"))
                                    .containsExactly("a", "", "NULL", "{\"x\",}");
                            assertThat(Rows.blobs(row, "bs"))
                                    .isDeepEqualTo(new byte[][] {bytes, {}});
                            assertThat(row.getDouble("d")).isEqualTo(1.5);
                            return true;
                        }));
    }

    @Test
    void carriesNulls() {
        database.run(tx ->
                tx.update(
                        "INSERT INTO kinds (l, t, b, ls) VALUES (?, ?, ?, ?)",
                        null,
                        null,
                        null,
                        null));
        database.read(tx ->
                tx.only(
                        "SELECT * FROM kinds",
                        row -> {
                            assertThat(Rows.nullableLong(row, "l")).isNull();
                            assertThat(Rows.nullableInt(row, "i")).isNull();
                            assertThat(row.getString("t")).isNull();
                            assertThat(Rows.longs(row, "ls")).isEmpty();
                            assertThat(Rows.instant(row, "m")).isNull();
                            return true;
                        }));
    }

    @Test
    void findsByArrayAndInsertsFromArrays() {
        int inserted =
                database.transaction(tx ->
                        tx.update(
                                "INSERT INTO pair SELECT * FROM unnest(?::bigint[], ?::text[])",
                                new long[] {1, 2, 3},
                                new String[] {"a", "b", "c"}));
        assertThat(inserted).isEqualTo(3);
        assertThat(
                        database.<List<String>>read(tx ->
                                tx.query(
                                        "SELECT name FROM pair WHERE id = ANY(?) ORDER BY id",
                                        row -> row.getString(1),
                                        new long[] {1, 3, 9})))
                .containsExactly("a", "c");
        assertThat(
                        database.<Long>read(tx ->
                                tx.only(
                                        "SELECT count(*) FROM pair WHERE name = ANY(?)",
                                        row -> row.getLong(1),
                                        (Object) new String[] {"b", "x"})))
                .isEqualTo(1);
        assertThat(database.<Boolean>read(tx -> tx.exists("SELECT 1 FROM pair WHERE id = ?", 2)))
                .isTrue();
        assertThat(database.<Boolean>read(tx -> tx.exists("SELECT 1 FROM pair WHERE id = ?", 4)))
                .isFalse();
    }

    @Test
    void usesTheIndexForAnArrayOfTexts() {
        database.run(tx -> {
            tx.update("INSERT INTO pair SELECT i, 'n' || i FROM generate_series(1, 20000) i");
            tx.update("ANALYZE pair");
        });
        List<String> plan =
                database.<List<String>>read(tx ->
                        tx.query(
                                "EXPLAIN SELECT id FROM pair WHERE name = ANY(?)",
                                row -> row.getString(1),
                                (Object) new String[] {"n1", "n2"}));
        assertThat(plan.toString()).contains("pair_name");
    }

    @Test
    void refusesAnUnknownKindOfParameter() {
        assertThatThrownBy(() -> database.run(tx -> tx.update("SELECT ?", new StringBuilder())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.StringBuilder");
    }

    @Test
    void saysWhetherThereIsARow() {
        database.run(tx -> tx.update("INSERT INTO pair VALUES (1, 'a'), (2, 'b')"));
        assertThat(one("SELECT name FROM pair WHERE id = 1")).isEqualTo("a");
        assertThat(one("SELECT name FROM pair WHERE id = 9")).isNull();
        assertThatThrownBy(() -> one("SELECT name FROM pair"))
                .hasMessageContaining("at most one row");
        assertThatThrownBy(() ->
                        database.read(tx ->
                                tx.only(
                                        "SELECT name FROM pair WHERE id = 9",
                                        row -> row.getString(1))))
                .hasMessageContaining("expected one row");
    }

    @Test
    void rollsBackEverythingWhenTheWorkFails() {
        assertThatThrownBy(() ->
                        database.run(tx -> {
                            tx.update("INSERT INTO pair VALUES (1, 'a')");
                            throw new IllegalStateException("stop");
                        }))
                .hasMessage("stop");
        assertThat(database.<Boolean>read(tx -> tx.exists("SELECT 1 FROM pair"))).isFalse();
    }

    @Test
    void commitsEachStatementAloneOutsideATransaction() {
        assertThatThrownBy(() ->
                        database.read(tx -> {
                            tx.update("INSERT INTO pair VALUES (1, 'a')");
                            throw new IllegalStateException("stop");
                        }))
                .hasMessage("stop");
        assertThat(database.<Boolean>read(tx -> tx.exists("SELECT 1 FROM pair"))).isTrue();
    }

    @Test
    void namesTheViolatedConstraint() {
        database.run(tx -> tx.update("INSERT INTO pair VALUES (1, 'a')"));
        DatabaseException fault = failure("INSERT INTO pair VALUES (2, 'a')");
        assertThat(fault.isUniqueViolation()).isTrue();
        assertThat(fault.sqlState()).isEqualTo("23505");
        assertThat(fault.constraint()).isEqualTo("pair_name");
        assertThat(fault.violates("pair_name")).isTrue();
        assertThat(fault.isConnectionLost()).isFalse();
        DatabaseException inBatch =
                catchThrowableOfType(
                        DatabaseException.class,
                        () ->
                                database.run(tx ->
                                        tx.batch(
                                                "INSERT INTO pair VALUES (?, ?)",
                                                List.of(
                                                        new Object[] {3, "c"},
                                                        new Object[] {4, "a"}))));
        assertThat(inBatch.constraint()).isEqualTo("pair_name");
    }

    @Test
    void doesNotShowParametersInMessages() {
        assertThat(failure("SELECT * FROM nowhere\nWHERE x = 'secret'").getMessage())
                .contains("SELECT * FROM nowhere")
                .doesNotContain("secret");
    }

    @Test
    void runsABatch() {
        int[] touched =
                database.transaction(tx ->
                        tx.batch(
                                "UPDATE pair SET name = ? WHERE id = ?",
                                List.of(new Object[] {"z", 1}, new Object[] {"y", 2})));
        assertThat(touched).containsExactly(0, 0);
        assertThat(
                        database.<int[]>transaction(
                                tx -> tx.batch("DELETE FROM pair WHERE id = ?", List.of())))
                .isEmpty();
    }

    @Test
    void streamsManyRows() {
        database.run(tx ->
                tx.update("INSERT INTO pair SELECT i, 'n' || i FROM generate_series(1, 5000) i"));
        AtomicInteger seen = new AtomicInteger();
        database.run(tx -> tx.each("SELECT id FROM pair", row -> seen.incrementAndGet()));
        assertThat(seen.get()).isEqualTo(5000);
    }

    @Test
    void countsStatements() {
        long before = database.statements();
        database.read(tx -> {
            tx.exists("SELECT 1");
            return tx.exists("SELECT 2");
        });
        assertThat(database.statements() - before).isEqualTo(2);
    }

    @Test
    void refusesASecondConnectionForTheSameThread() {
        assertThatThrownBy(
                        () -> database.run(tx -> database.read(inner -> inner.exists("SELECT 1"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("pass its Tx on");
        assertThat(database.<Boolean>read(tx -> tx.exists("SELECT 1"))).isTrue();
    }

    @Test
    void repeatsATransactionThatLostADeadlock() throws Exception {
        database.run(tx -> tx.update("INSERT INTO pair VALUES (1, 'a'), (2, 'b')"));
        CountDownLatch bothHoldOne = new CountDownLatch(2);
        AtomicInteger runs = new AtomicInteger();
        Thread other = Thread.ofVirtual().start(() -> lockBoth(2, 1, bothHoldOne, runs));
        lockBoth(1, 2, bothHoldOne, runs);
        other.join();
        assertThat(runs.get()).isEqualTo(3);
        assertThat(one("SELECT name FROM pair WHERE id = 1")).isEqualTo("a++");
        assertThat(one("SELECT name FROM pair WHERE id = 2")).isEqualTo("b++");
    }

    @Test
    void seesOneMomentInASnapshot() {
        database.run(tx -> tx.update("INSERT INTO pair VALUES (1, 'a')"));
        database.<Boolean>snapshot(tx -> {
            assertThat(tx.<String>only("SELECT name FROM pair", row -> row.getString(1)))
                    .isEqualTo("a");
            elsewhere("UPDATE pair SET name = 'b'");
            assertThat(tx.<String>only("SELECT name FROM pair", row -> row.getString(1)))
                    .isEqualTo("a");
            assertThatThrownBy(() -> tx.update("DELETE FROM pair"))
                    .hasMessageContaining("read-only");
            return true;
        });
        database.run(tx -> tx.update("DELETE FROM pair")); // the next transaction writes again
    }

    @Test
    void givesConnectionsBackAsTheyWere() {
        for (int i = 0; i < 8; i++) {
            assertThatThrownBy(() -> database.run(tx -> tx.script("BROKEN")))
                    .isInstanceOf(DatabaseException.class);
        }
        assertThat(database.<Boolean>read(tx -> tx.connection().getAutoCommit())).isTrue();
        assertThat(database.poolUse().active()).isZero();
    }

    @Test
    void freesTheLocksOfAStalledTransaction() {
        try (Database impatient =
                Database.open(
                        server.database()
                                .withPool(1, 0)
                                .withTimeouts(
                                        Duration.ofMillis(400),
                                        Duration.ofMillis(200),
                                        Duration.ofMillis(300)))) {
            assertThat(failure(impatient, "SELECT pg_sleep(5)").isTimeout()).isTrue();
            DatabaseException stalled =
                    catchThrowableOfType(
                            DatabaseException.class,
                            () ->
                                    impatient.run(tx -> {
                                        tx.update("INSERT INTO pair VALUES (1, 'a')");
                                        sleep(700);
                                        tx.update("INSERT INTO pair VALUES (2, 'b')");
                                    }));
            assertThat(stalled.isConnectionLost() || stalled.isTimeout()).isTrue();
            assertThat(impatient.<Boolean>read(tx -> tx.exists("SELECT 1"))).isTrue();
            database.<Boolean>transaction(tx -> {
                tx.script("LOCK TABLE pair");
                Thread waiting =
                        Thread.ofVirtual()
                                .start(() ->
                                        assertThat(failure(impatient, "TABLE pair").isTimeout())
                                                .isTrue());
                joined(waiting);
                return true;
            });
        }
    }

    @Test
    void saysThatTheOutcomeOfABrokenCommitIsUnknown() {
        try (Database fragile = Database.open(server.database().withPool(1, 0))) {
            DatabaseException fault =
                    catchThrowableOfType(
                            DatabaseException.class,
                            () ->
                                    fragile.run(tx -> {
                                        int pid =
                                                tx.only(
                                                        "SELECT pg_backend_pid()",
                                                        row -> row.getInt(1));
                                        tx.update("INSERT INTO pair VALUES (1, 'a')");
                                        elsewhere("SELECT pg_terminate_backend(" + pid + ", 2000)");
                                    }));
            assertThat(fault.isConnectionLost()).isTrue();
            assertThat(fault.isOutcomeUnknown()).isTrue();
        }
    }

    @Test
    void letsManyVirtualThreadsShareFewConnections() throws InterruptedException {
        AtomicInteger done = new AtomicInteger();
        List<Thread> threads =
                IntStream.range(0, 200)
                        .mapToObj(i ->
                                Thread.ofVirtual()
                                        .start(() -> {
                                            if (database.<Boolean>read(
                                                    tx -> tx.exists("SELECT pg_sleep(0.005)")))
                                                done.incrementAndGet();
                                        }))
                        .toList();
        for (Thread thread : threads) thread.join();
        assertThat(done.get()).isEqualTo(200);
    }

    @Test
    void givesAConnectionWithoutLimitsForListening() throws SQLException {
        try (Connection alone = database.connectAlone("listener");
                var statement = alone.createStatement();
                var row =
                        statement.executeQuery(
                                "SELECT current_setting('application_name'),"
                                        + " current_setting('statement_timeout')")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("valise listener");
            assertThat(row.getString(2)).isEqualTo("0");
        }
    }

    @Test
    void refusesADatabaseOfAnotherEncoding() {
        database.read(tx ->
                tx.update(
                        "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'"
                                + " TEMPLATE template0"));
        assertThatThrownBy(() -> Database.open(server.database("latin")))
                .hasMessageContaining("has encoding LATIN1; Valise needs UTF8")
                .hasMessageContaining("CREATE DATABASE valise ENCODING 'UTF8'");
    }

    @Test
    void saysWhatToCheckWhenTheDatabaseCannotBeReached() {
        assertThatThrownBy(() ->
                        Database.open(
                                DatabaseConfig.of(
                                        "jdbc:postgresql://127.0.0.1:1/valise?password=hunter2",
                                        "someone",
                                        Secret.of("hunter3"))))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("127.0.0.1:1/valise")
                .hasMessageContaining("database.password")
                .hasMessageNotContaining("hunter");
        assertThatThrownBy(() -> Database.open(server.database("missing")))
                .hasMessageContaining("database \"missing\" does not exist");
    }

    @Test
    void readsTheUrlInBothForms() {
        DatabaseConfig config =
                DatabaseConfig.of(
                        "postgres://al%40ice:p%2Fw+1@db.example:6432/chat?sslmode=require");
        assertThat(config.url())
                .isEqualTo("jdbc:postgresql://db.example:6432/chat?sslmode=require");
        assertThat(config.user()).isEqualTo("al@ice");
        assertThat(config.password().reveal()).isEqualTo("p/w+1");
        assertThat(config.toString()).doesNotContain("p/w");
        assertThatThrownBy(() -> DatabaseConfig.of("mysql://db/chat"))
                .hasMessageContaining("postgresql://");
        assertThatThrownBy(() -> DatabaseConfig.of("not a url"))
                .hasMessageContaining("postgresql://");
    }

    private static void lockBoth(
            long first, long second, CountDownLatch bothHoldOne, AtomicInteger runs) {
        database.<Boolean>transactionWithRetry(
                5,
                tx -> {
                    runs.incrementAndGet();
                    tx.update("UPDATE pair SET name = name || '+' WHERE id = ?", first);
                    bothHoldOne.countDown();
                    awaited(bothHoldOne);
                    tx.update("UPDATE pair SET name = name || '+' WHERE id = ?", second);
                    return true;
                });
    }

    private static @Nullable String one(String sql) {
        return database.read(tx -> tx.one(sql, row -> row.getString(1)).orElse(null));
    }

    private static DatabaseException failure(String sql) {
        return failure(database, sql);
    }

    private static DatabaseException failure(Database on, String sql) {
        return catchThrowableOfType(DatabaseException.class, () -> on.run(tx -> tx.script(sql)));
    }

    private static void elsewhere(String sql) {
        try (Connection connection = database.connectAlone("test");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void joined(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
