package org.valise.platform.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import org.jspecify.annotations.Nullable;
import org.valise.platform.config.Secret;
import org.valise.platform.config.ValiseConfig;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/// A pool of connections to one PostgreSQL database, and the only way to run SQL.
///
/// Virtual threads queue for a connection, so work on one must be short and must never wait for the
/// network or for another connection (asking for a second one inside is refused: with a full pool
/// it would never end).
public final class Database implements AutoCloseable {
    private static final int OLDEST_SUPPORTED = 150_000;
    private static final String APPLICATION = "valise";

    private final DatabaseConfig config;
    private final HikariDataSource pool;
    private final Runnable afterClose;
    private final LongAdder statements = new LongAdder();
    private final ThreadLocal<Boolean> busy = new ThreadLocal<>();

    private Database(DatabaseConfig config, HikariDataSource pool, Runnable afterClose) {
        this.config = config;
        this.pool = pool;
        this.afterClose = afterClose;
    }

    /// Connects, and refuses a server that is too old, of another encoding, or read-only.
    public static Database open(DatabaseConfig config) {
        refuseUnfit(config);
        return new Database(config, new HikariDataSource(poolConfig(config)), () -> {});
    }

    /// The database that the configuration names: the operator's, or an embedded one, which stops
    /// when this is closed.
    public static Database start(ValiseConfig config) {
        if (config.database().url().isPresent())
            return open(DatabaseConfig.from(config.database()));
        EmbeddedPostgres server = EmbeddedPostgres.start(EmbeddedPostgresConfig.from(config));
        try {
            DatabaseConfig access = server.database().withLimits(config.database());
            return new Database(access, new HikariDataSource(poolConfig(access)), server::close);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /// Runs statements each on its own (autocommit): for reads, or for a single write.
    public <T extends @Nullable Object> T read(TxFunction<T> work) {
        return onConnection(connection -> work.apply(new Tx(connection, statements)));
    }

    /// Runs all of the work or nothing of it. Read committed.
    public <T extends @Nullable Object> T transaction(TxFunction<T> work) {
        return onConnection(connection -> inTransaction(connection, work));
    }

    /// [#transaction] for work without a result.
    public void run(TxAction work) {
        this.<Boolean>transaction(tx -> {
            work.run(tx);
            return true;
        });
    }

    /// [#transaction] again after a deadlock or serialization failure: the work must be safe to
    /// repeat.
    public <T extends @Nullable Object> T transactionWithRetry(int attempts, TxFunction<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return transaction(work);
            } catch (DatabaseException e) {
                if (!e.isRetryable() || attempt >= attempts) throw e;
                pause(Duration.ofMillis(ThreadLocalRandom.current().nextLong(5L * attempt) + 1));
            }
        }
    }

    /// Runs reads that all see the same moment (repeatable read, read-only).
    public <T extends @Nullable Object> T snapshot(TxFunction<T> work) {
        return transaction(tx -> {
            try (Statement statement = tx.connection().createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            }
            return work.apply(tx);
        });
    }

    /// A connection of its own, outside the pool and without time limits: for LISTEN, or for a long
    /// export. The caller closes it.
    public Connection connectAlone(String purpose) {
        try {
            return connect(config, purpose);
        } catch (SQLException e) {
            throw DatabaseException.of("connect for " + purpose, e);
        }
    }

    /// How many statements were run so far: tests assert with it that a path asks nothing.
    public long statements() {
        return statements.sum();
    }

    public DatabaseConfig config() {
        return config;
    }

    /// Connections in use, and threads that wait for one.
    public PoolUse poolUse() {
        var bean = pool.getHikariPoolMXBean();
        return bean == null
                ? new PoolUse(0, 0, 0)
                : new PoolUse(
                        bean.getActiveConnections(),
                        bean.getIdleConnections(),
                        bean.getThreadsAwaitingConnection());
    }

    public record PoolUse(int active, int idle, int waiting) {}

    @Override
    public void close() {
        pool.close();
        afterClose.run();
    }

    static Connection connect(DatabaseConfig config, String purpose) throws SQLException {
        Properties properties = new Properties();
        if (!config.user().isEmpty()) properties.put("user", config.user());
        if (config.password().isPresent()) properties.put("password", config.password().reveal());
        properties.put("ApplicationName", APPLICATION + " " + purpose);
        properties.put("connectTimeout", "5");
        properties.put("tcpKeepAlive", "true");
        return DriverManager.getConnection(config.url(), properties);
    }

    private <T extends @Nullable Object> T onConnection(ConnectionWork<T> work) {
        if (busy.get() != null) {
            throw new IllegalStateException(
                    "this thread already holds a connection: pass its Tx on instead of asking for a"
                            + " second one");
        }
        busy.set(true);
        try (Connection connection = pool.getConnection()) {
            return work.on(connection);
        } catch (SQLException e) {
            throw DatabaseException.of("database", e);
        } finally {
            busy.remove();
        }
    }

    private <T extends @Nullable Object> T inTransaction(Connection connection, TxFunction<T> work)
            throws SQLException {
        connection.setAutoCommit(false);
        T result;
        try {
            result = work.apply(new Tx(connection, statements));
        } catch (Throwable e) {
            rollback(connection, e);
            throw e;
        }
        try {
            connection.commit();
        } catch (SQLException e) {
            rollback(connection, e);
            throw DatabaseException.duringCommit(e);
        }
        return result; // the pool turns autocommit on again
    }

    private static void rollback(Connection connection, Throwable cause) {
        try {
            if (!connection.isClosed()) connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private static HikariConfig poolConfig(DatabaseConfig config) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName(APPLICATION);
        pool.setJdbcUrl(config.url());
        if (!config.user().isEmpty()) pool.setUsername(config.user());
        if (config.password().isPresent()) pool.setPassword(config.password().reveal());
        pool.setMaximumPoolSize(config.poolSize());
        pool.setMinimumIdle(config.poolIdle());
        pool.setConnectionTimeout(config.acquireTimeout().toMillis());
        pool.setIdleTimeout(Duration.ofMinutes(5).toMillis());
        pool.setMaxLifetime(Duration.ofMinutes(30).toMillis());
        pool.setKeepaliveTime(Duration.ofMinutes(2).toMillis());
        // Set by statement, not as start-up options, which connection poolers such as PgBouncer
        // refuse.
        pool.setConnectionInitSql(
                "SET statement_timeout = %d; SET lock_timeout = %d; SET idle_in_transaction_session_timeout = %d"
                        .formatted(
                                config.statementTimeout().toMillis(),
                                config.lockTimeout().toMillis(),
                                config.idleInTransactionTimeout().toMillis()));
        pool.addDataSourceProperty("ApplicationName", APPLICATION);
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        pool.addDataSourceProperty("prepareThreshold", "1");
        pool.addDataSourceProperty("connectTimeout", "5");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        // A network that swallows packets must not hold a thread for ever: longer than any
        // statement may run.
        pool.addDataSourceProperty(
                "socketTimeout",
                Long.toString(config.statementTimeout().plus(Duration.ofSeconds(15)).toSeconds()));
        return pool;
    }

    private static void refuseUnfit(DatabaseConfig config) {
        String where = Secret.masked(config.url());
        try (Connection connection = connect(config, "check");
                var statement = connection.createStatement();
                var row =
                        statement.executeQuery(
                                """
                                SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS name,
                                       pg_encoding_to_char(encoding) AS encoding, pg_is_in_recovery() AS standby, datname
                                FROM pg_database WHERE datname = current_database()\
                                """)) {
            row.next();
            if (row.getInt("version") < OLDEST_SUPPORTED) {
                throw DatabaseException.refused(
                        "The database at %s runs PostgreSQL %s; Valise needs 15 or newer. Upgrade the server, then start again."
                                .formatted(where, row.getString("name")));
            }
            if (!"UTF8".equals(row.getString("encoding"))) {
                throw DatabaseException.refused(
                        ("The database \"%s\" at %s has encoding %s; Valise needs UTF8. Create"
                             + " another one: CREATE DATABASE valise ENCODING 'UTF8' TEMPLATE"
                             + " template0.")
                                .formatted(
                                        row.getString("datname"),
                                        where,
                                        row.getString("encoding")));
            }
            if (row.getBoolean("standby")) {
                throw DatabaseException.refused(
                        "The database at %s is a read-only standby. Point database.url at the primary (or add targetServerType=primary)."
                                .formatted(where));
            }
        } catch (SQLException e) {
            throw new DatabaseException(
                    ("Cannot use the database at %s as user \"%s\": %s Check database.url,"
                         + " database.user and database.password, and that PostgreSQL runs and lets"
                         + " this machine in.")
                            .formatted(where, config.user(), e.getMessage()),
                    e,
                    e.getSQLState(),
                    null,
                    false);
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw DatabaseException.refused("interrupted while waiting to try again", e);
        }
    }

    private interface ConnectionWork<T extends @Nullable Object> {
        T on(Connection connection) throws SQLException;
    }
}
