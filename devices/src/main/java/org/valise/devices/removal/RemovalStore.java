package org.valise.devices.removal;

import org.valise.platform.database.Database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// SQL of what happens to devices, to be followed.
final class RemovalStore {
    private static final String OF_INTEREST =
            """
            SELECT position, kind, user_number, name FROM accounts_read.change
            WHERE (kind IN ('device_gone', 'deactivated') OR kind = 'device' AND EXISTS (
                SELECT 1 FROM devices.device_keys JOIN devices.device ON device.number = device_keys.session
                WHERE device.user_number = change.user_number AND device.device_id = change.name))
            """;
    private static final String NEXT =
            OF_INTEREST + "AND position > ? AND position <= ? ORDER BY position LIMIT ?";
    private static final String AT = OF_INTEREST + "AND position = ?";

    private final Database database;

    RemovalStore(Database database) {
        this.database = database;
    }

    /// What became of a device.
    enum Kind {
        /// It is gone.
        GONE,
        /// It has another name, and keys.
        RENAMED,
        /// All of its user's are gone, with the account.
        CLOSED
    }

    /// @param device empty for a closed account
    record Entry(long position, Kind kind, long user, String device) {}

    /// The next in `(from, to]`, in order.
    List<Entry> next(long from, long to, int limit) {
        return database.read(tx -> tx.query(NEXT, RemovalStore::entry, from, to, limit));
    }

    /// All at one position.
    List<Entry> at(long position) {
        return database.read(tx -> tx.query(AT, RemovalStore::entry, position));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        String kind = row.getString(2);
        return switch (kind) {
            case "device_gone" ->
                    new Entry(row.getLong(1), Kind.GONE, row.getLong(3), row.getString(4));
            case "device" ->
                    new Entry(row.getLong(1), Kind.RENAMED, row.getLong(3), row.getString(4));
            case "deactivated" -> new Entry(row.getLong(1), Kind.CLOSED, row.getLong(3), "");
            default -> throw new IllegalStateException("not asked for: " + kind);
        };
    }
}
