package org.valise.devices.changes;

import static org.valise.platform.stream.BulkInsert.Column.BOOLEAN;
import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.UserId;

import java.util.List;

/// SQL of `devices.list_change`.
public final class DeviceListStore {
    /// For changes of a user's cross-signing keys, which belong to no device.
    public static final String NO_DEVICE = "";

    private static final BulkInsert INSERT =
            new BulkInsert(
                    "device list changes",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    INSERT INTO devices.list_change (position, user_number, device_id, audience, deleted)
                    SELECT stream.last_position() - ? + ordinal, user_number, device_id, audience, deleted
                    FROM unnest(?, ?, ?, ?, ?) AS row (ordinal, user_number, device_id, audience, deleted)
                    ON CONFLICT DO NOTHING
                    """,
                    List.of(INT, LONG, TEXT, LONG, BOOLEAN));
    private static final String BETWEEN =
            """
            SELECT position, user_number, audience FROM devices.list_change
            WHERE position > ? AND position <= ? ORDER BY position
            """;
    private static final String USERS =
            """
            SELECT DISTINCT user_number FROM devices.list_change
            WHERE position > ? AND position <= ? AND audience IN (0, ?)
            """;

    private static final String NEWEST_OF_DEVICES =
            """
            SELECT coalesce(max(position), 0) FROM devices.list_change
            WHERE user_number = (SELECT number FROM accounts_read.user_number WHERE user_id = ?)
              AND device_id <> '' AND audience = 0
            """;

    private final Database database;

    public DeviceListStore(Database database) {
        this.database = database;
    }

    /// A change that everybody learns who shares a room with the user.
    ///
    /// @param device [#NO_DEVICE] for cross-signing keys
    public static void changed(CommitBatch batch, int ordinal, long user, String device) {
        batch.add(INSERT, ordinal, user, device, 0L, false);
    }

    public static void deleted(CommitBatch batch, int ordinal, long user, String device) {
        batch.add(INSERT, ordinal, user, device, 0L, true);
    }

    /// A change of a user's cross-signing keys that only one user learns of.
    public static void changedFor(CommitBatch batch, int ordinal, long user, long audience) {
        batch.add(INSERT, ordinal, user, NO_DEVICE, audience, false);
    }

    /// A change without its rooms.
    record Entry(long position, long user, long audience) {}

    List<Entry> between(long from, long to) {
        return database.read(tx ->
                tx.query(
                        BETWEEN,
                        row -> new Entry(row.getLong(1), row.getLong(2), row.getLong(3)),
                        from,
                        to));
    }

    /// The users whose list changed in `(from, to]`, as far as `audience` may know.
    public List<Long> changedUsers(long from, long to, long audience) {
        return database.read(tx -> tx.query(USERS, row -> row.getLong(1), from, to, audience));
    }

    /// Where one of a user's devices last changed: the `stream_id` of the newest update that other
    /// servers were sent; 0 if there is none.
    public long newestDeviceChange(UserId user) {
        return database.read(tx -> tx.only(NEWEST_OF_DEVICES, row -> row.getLong(1), user.value()));
    }
}
