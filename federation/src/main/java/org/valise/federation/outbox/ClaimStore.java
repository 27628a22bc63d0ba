package org.valise.federation.outbox;

import org.valise.platform.database.Database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// The claim to be the node that sends: one of all nodes over a database has it, as long as its
/// connection lasts.
final class ClaimStore implements AutoCloseable {
    private static final String TAKE = "SELECT pg_try_advisory_lock(8620726155216620)";
    private static final String LOOK = "SELECT true";

    private final Connection connection;

    private ClaimStore(Connection connection) {
        this.connection = connection;
    }

    static ClaimStore open(Database database) {
        return new ClaimStore(database.connectAlone("outbox"));
    }

    /// @return whether no other node has it
    boolean take() throws SQLException {
        return ask(TAKE);
    }

    /// @throws SQLException if the connection, and with it the claim, is gone
    void look() throws SQLException {
        ask(LOOK);
    }

    private boolean ask(String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(question)) {
            return answer.next() && answer.getBoolean(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
