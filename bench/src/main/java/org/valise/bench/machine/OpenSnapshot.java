package org.valise.bench.machine;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/// A transaction that sees the database as it was when this was made, until it is closed.
public final class OpenSnapshot implements AutoCloseable {
    private final Connection connection;

    private OpenSnapshot(Connection connection) {
        this.connection = connection;
    }

    public static OpenSnapshot of(String jdbcUrl) throws IOException {
        try {
            OpenSnapshot snapshot = new OpenSnapshot(DriverManager.getConnection(jdbcUrl));
            snapshot.connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            snapshot.connection.setAutoCommit(false);
            snapshot.requireStillOpen(); // it begins with the first statement
            return snapshot;
        } catch (SQLException e) {
            throw new IOException("no snapshot of the database", e);
        }
    }

    /// Fails if the database has ended the transaction.
    public void requireStillOpen() throws IOException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT txid_current_snapshot()");
        } catch (SQLException e) {
            throw new IOException("the snapshot did not stay open", e);
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
