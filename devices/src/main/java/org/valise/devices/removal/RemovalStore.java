package org.valise.devices.removal;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// SQL of the closed sessions and accounts to follow.
final class RemovalStore {
    private static final String NEXT =
            """
            SELECT position, user_number, CASE kind WHEN 'device_gone' THEN name END AS device FROM accounts_read.change
            WHERE position > ? AND position <= ? AND kind IN ('device_gone', 'deactivated') ORDER BY position
            LIMIT ?
            """;
    private static final String AT =
            """
            SELECT position, user_number, CASE kind WHEN 'device_gone' THEN name END AS device FROM accounts_read.change
            WHERE position = ? AND kind IN ('device_gone', 'deactivated')
            """;

    private final Database database;

    RemovalStore(Database database) {
        this.database = database;
    }

    /// A device of a user that went at a position; without one, the whole account.
    record Entry(long position, long user, @Nullable String device) {}

    /// The next in `(from, to]`, in order.
    List<Entry> next(long from, long to, int limit) {
        return database.read(tx -> tx.query(NEXT, RemovalStore::entry, from, to, limit));
    }

    /// All that went at one position.
    List<Entry> at(long position) {
        return database.read(tx -> tx.query(AT, RemovalStore::entry, position));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(row.getLong(1), row.getLong(2), row.getString(3));
    }
}
