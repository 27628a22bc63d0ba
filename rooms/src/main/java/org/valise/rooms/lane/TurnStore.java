package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.database.DatabaseException;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/// A connection that holds the turn of one room at a time, as an advisory lock of its session:
/// whoever asks for it is served in the order of asking, and it is free again when the connection
/// is lost.
///
/// Not for use by several threads at once.
final class TurnStore implements AutoCloseable {
    /// Longer than all nodes' turns together take, shorter than a client waits.
    private static final String PATIENCE = "SET lock_timeout = '2s'";

    /// Keeps these locks apart from others in the same database.
    private static final int SPACE = 0x56_4C_54;

    private static final String TAKE = "SELECT pg_advisory_lock(" + SPACE + ", ?)";
    private static final String GIVE_BACK = "SELECT pg_advisory_unlock(" + SPACE + ", ?)";

    private final Database database;
    private @Nullable Connection connection;

    TurnStore(Database database) {
        this.database = database;
    }

    /// Waits for the turn.
    ///
    /// @return whether it was had
    boolean take(long room) {
        try {
            run(connected(), TAKE, room);
            return true;
        } catch (SQLException | DatabaseException e) {
            close();
            return false;
        }
    }

    void giveBack(long room) {
        Connection held = connection;
        if (held != null) {
            try {
                run(held, GIVE_BACK, room);
            } catch (SQLException e) {
                close();
            }
        }
    }

    /// Rooms of which the last 32 bits are alike share a turn.
    private static void run(Connection connection, String sql, long room) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, (int) room);
            statement.execute();
        }
    }

    private Connection connected() throws SQLException {
        Connection known = connection;
        if (known == null) {
            known = database.connectAlone("turns");
            connection = known;
            try (Statement statement = known.createStatement()) {
                statement.execute(PATIENCE);
            }
        }
        return known;
    }

    @Override
    public void close() {
        Connection known = connection;
        connection = null;
        if (known != null) {
            try {
                known.close();
            } catch (SQLException lost) {
                return; // of no use any more either way
            }
        }
    }
}
