package org.valise.devices.dehydrated;

import org.jspecify.annotations.Nullable;
import org.valise.devices.removal.GoneDevice;
import org.valise.platform.database.Tx;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// SQL of `devices.dehydrated_device`.
final class DehydratedStore {
    private static final String FIND =
            "SELECT number, device_id, device_data FROM devices.dehydrated_device WHERE user_number"
                    + " = ?";
    private static final String PUT =
            """
            INSERT INTO devices.dehydrated_device (user_number, number, device_id, display_name, device_data)
            VALUES (?, nextval('devices.dehydrated_numbers'), ?, ?, ?)
            ON CONFLICT (user_number) DO UPDATE
            SET number = excluded.number, device_id = excluded.device_id, display_name = excluded.display_name,
                device_data = excluded.device_data
            RETURNING number, device_id, device_data
            """;
    private static final String DELETE =
            """
            DELETE FROM devices.dehydrated_device WHERE user_number = ? RETURNING number, device_id, device_data
            """;
    private static final String DELETE_ALL =
            """
            DELETE FROM devices.dehydrated_device WHERE user_number = ANY (?)
            RETURNING user_number, device_id
            """;

    Optional<DehydratedDevice> find(Tx tx, long user) {
        return tx.one(FIND, DehydratedStore::device, user);
    }

    /// Puts another one in its place.
    DehydratedDevice put(
            Tx tx, long user, String device, @Nullable String displayName, String data) {
        return tx.only(PUT, DehydratedStore::device, user, device, displayName, data);
    }

    Optional<DehydratedDevice> delete(Tx tx, long user) {
        return tx.one(DELETE, DehydratedStore::device, user);
    }

    /// Deletes those of these users.
    List<GoneDevice> deleteAll(Tx tx, Collection<Long> users) {
        return tx.query(
                DELETE_ALL,
                row -> new GoneDevice(row.getLong(1), row.getString(2)),
                users.stream().mapToLong(Long::longValue).toArray());
    }

    private static DehydratedDevice device(ResultSet row) throws SQLException {
        return new DehydratedDevice(row.getLong(1), row.getString(2), row.getString(3));
    }
}
