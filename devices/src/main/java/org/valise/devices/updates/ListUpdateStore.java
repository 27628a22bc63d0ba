package org.valise.devices.updates;

import org.valise.devices.changes.DeviceListStore;
import org.valise.platform.database.Database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// SQL of what there is to tell of local users' device lists.
final class ListUpdateStore {
    private static final String PREVIOUS =
            """
            coalesce((
                SELECT max(earlier.position) FROM devices.list_change AS earlier
                WHERE earlier.user_number = change.user_number AND earlier.position < change.position
                  AND earlier.device_id <> '' AND earlier.audience = 0), 0)
            """;
    private static final String NEXT =
            """
            SELECT change.position, change.user_number, change.device_id, %s AS previous
            FROM devices.list_change AS change
            JOIN accounts_read.account ON account.user_number = change.user_number
            WHERE change.position > ? AND change.position <= ? AND change.audience = 0
            ORDER BY change.position, change.device_id LIMIT ?
            """
                    .formatted(PREVIOUS);
    private static final String NEWEST =
            """
            SELECT DISTINCT ON (change.user_number) change.position, change.user_number, change.device_id, %s AS previous
            FROM devices.list_change AS change
            WHERE change.user_number = ANY(?) AND change.device_id <> '' AND change.audience = 0
              AND change.position <= ?
            ORDER BY change.user_number, change.position DESC
            """
                    .formatted(PREVIOUS);

    private final Database database;

    ListUpdateStore(Database database) {
        this.database = database;
    }

    /// A change of a local user's device, or of their cross-signing keys.
    ///
    /// @param previous position of the change of a device before it; 0 if there is none
    record Entry(long position, long user, String device, long previous) {
        boolean isOfSigningKeys() {
            return device.equals(DeviceListStore.NO_DEVICE);
        }
    }

    /// The next that everybody may know of, in `(from, to]`, in order.
    List<Entry> next(long from, long to, int limit) {
        return database.read(tx -> tx.query(NEXT, ListUpdateStore::entry, from, to, limit));
    }

    /// The last change of a device of each of these users, up to a position.
    Map<Long, Entry> newest(Collection<Long> users, long upTo) {
        long[] numbers = users.stream().mapToLong(Long::longValue).toArray();
        Map<Long, Entry> newest = new HashMap<>();
        database.run(tx ->
                tx.each(NEWEST, row -> newest.put(row.getLong(2), entry(row)), numbers, upTo));
        return newest;
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(row.getLong(1), row.getLong(2), row.getString(3), row.getLong(4));
    }
}
