package org.valise.bench.micro;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// Commits as fast as one writer can, each of which takes a position and writes a row under it.
/// Without fsync: what is compared is what PostgreSQL does for the position.
public final class OrderBench implements AutoCloseable {
    private static final int TENTHS = 10;

    private final Connection connection;
    private final PreparedStatement commit;

    private OrderBench(Connection connection, PreparedStatement commit) {
        this.connection = connection;
        this.commit = commit;
    }

    /// How a position is taken.
    public enum Scheme {
        COUNTER_ROW(
                "counter row",
                "CREATE TABLE counter (position bigint); INSERT INTO counter VALUES (0)",
                """
                UPDATE counter SET position = position + 1;
                INSERT INTO note SELECT position, 'x' FROM counter
                """),
        APPEND_ONLY(
                "append-only table under an advisory lock",
                "CREATE TABLE commits (position bigint PRIMARY KEY); INSERT INTO commits VALUES"
                        + " (0)",
                """
                SELECT pg_advisory_xact_lock(1);
                INSERT INTO commits SELECT position + 1 FROM commits ORDER BY position DESC LIMIT 1;
                INSERT INTO note SELECT position, 'x' FROM commits ORDER BY position DESC LIMIT 1
                """);

        private final String description;
        private final String prepare;
        private final String commit;

        Scheme(String description, String prepare, String commit) {
            this.description = description;
            this.prepare = prepare;
            this.commit = commit;
        }

        public String description() {
            return description;
        }
    }

    public static OrderBench on(String jdbcUrl, Scheme scheme) throws IOException {
        try {
            Connection connection = DriverManager.getConnection(jdbcUrl + "&prepareThreshold=1");
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET synchronous_commit = off");
                statement.execute("CREATE TABLE note (position bigint PRIMARY KEY, what text)");
                statement.execute(scheme.prepare);
            }
            return new OrderBench(connection, connection.prepareStatement(scheme.commit));
        } catch (SQLException e) {
            throw new IOException("cannot prepare the database", e);
        }
    }

    /// @return commits a second in each tenth of the time
    public double[] run(Duration length) throws IOException {
        double[] tenths = new double[TENTHS];
        double seconds = length.toNanos() / 1e9 / TENTHS;
        try {
            for (int tenth = 0; tenth < TENTHS; tenth++) {
                long end = System.nanoTime() + length.toNanos() / TENTHS;
                long commits = 0;
                while (System.nanoTime() < end) {
                    once();
                    commits++;
                }
                tenths[tenth] = commits / seconds;
            }
        } catch (SQLException e) {
            throw new IOException("a commit failed", e);
        }
        return tenths;
    }

    /// With autocommit on, the statements are one transaction and one round trip.
    private void once() throws SQLException {
        boolean result = commit.execute();
        while (result || commit.getUpdateCount() != -1) {
            if (result) {
                try (ResultSet rows = commit.getResultSet()) {
                    rows.next();
                }
            }
            result = commit.getMoreResults();
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is gone anyway.
        }
    }
}
