package org.valise.devices.keys;

import static org.valise.platform.stream.BulkInsert.Column.BYTES;
import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// SQL of `devices.device_keys`. What belongs to a session that is closed is never read.
public final class DeviceKeysStore {
    private static final String OF_SESSION =
            """
            SELECT session, device_id, version, keys FROM devices.device_keys WHERE session = ?
            """;
    private static final String OF_USER =
            """
            SELECT device_keys.session, device_keys.device_id, version, keys FROM devices.device_keys
            JOIN devices.device ON device.number = device_keys.session
            WHERE device_keys.user_number = ?
            """;
    private static final String OF_USERS =
            """
            SELECT known.user_id, of_device.device_id, of_device.display_name, of_device.keys
            FROM unnest(?) AS wanted (user_id)
            JOIN accounts_read.user_number AS known ON known.user_id = wanted.user_id
            JOIN accounts_read.account ON account.user_number = known.number
            LEFT JOIN (
                SELECT device_keys.user_number, device_keys.device_id, device.display_name, device_keys.keys
                FROM devices.device_keys JOIN devices.device ON device.number = device_keys.session
            ) AS of_device ON of_device.user_number = known.number
            """;
    private static final String NEWEST =
            """
            SELECT DISTINCT ON (user_number) user_number, device_id, display_name FROM devices.device
            WHERE user_number = ANY(?) AND NOT dehydrated ORDER BY user_number, number DESC
            """;
    private static final String SESSIONS =
            """
            SELECT known.user_id, device.device_id, device.user_number, device.number
            FROM unnest(?, ?) AS wanted (user_id, device_id)
            JOIN accounts_read.user_number AS known ON known.user_id = wanted.user_id
            JOIN devices.device
              ON device.user_number = known.number AND device.device_id = wanted.device_id
            """;
    private static final BulkInsert PUT =
            new BulkInsert(
                    "device keys",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    INSERT INTO devices.device_keys (session, user_number, device_id, version, keys)
                    SELECT row.session, row.user_number, row.device_id, row.version, row.keys
                    FROM unnest(?, ?, ?, ?, ?) AS row (session, user_number, device_id, version, keys)
                    JOIN devices.device ON device.number = row.session
                    ON CONFLICT (session) DO UPDATE SET version = excluded.version, keys = excluded.keys
                    """,
                    List.of(LONG, LONG, TEXT, LONG, BYTES));

    /// Row: ordinal, user, device. Gives back the ordinals at which something was deleted.
    private static final BulkInsert DELETE_GONE =
            new BulkInsert(
                    "keys of closed sessions",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    WITH base AS (SELECT stream.last_position() - ? AS position),
                    wanted AS (SELECT * FROM unnest(?, ?, ?) AS row (ordinal, user_number, device_id)),
                    gone AS (
                        DELETE FROM devices.device_keys USING wanted
                        WHERE device_keys.user_number = wanted.user_number
                          AND device_keys.device_id = wanted.device_id
                          AND NOT EXISTS (
                              SELECT FROM devices.device WHERE device.number = device_keys.session)
                        RETURNING wanted.ordinal, wanted.user_number, wanted.device_id),
                    told AS (
                        INSERT INTO devices.list_change (position, user_number, device_id, audience, deleted)
                        SELECT DISTINCT base.position + gone.ordinal, gone.user_number, gone.device_id, 0, true
                        FROM base, gone)
                    SELECT DISTINCT user_number FROM gone
                    """,
                    List.of(INT, LONG, TEXT));

    private final Database database;

    public DeviceKeysStore(Database database) {
        this.database = database;
    }

    /// A device's keys, as they were when `version` was written.
    public record Stored(long session, String device, long version, byte[] keys) {
        public JsonObject json() {
            return Json.parseObject(keys);
        }
    }

    /// A device of a user with its keys; without them, a user who has none.
    record OfUser(
            String user,
            @Nullable String device,
            @Nullable String displayName,
            byte @Nullable [] keys) {}

    /// A device that somebody named.
    record Session(String user, String device, long userNumber, long number) {}

    Optional<Stored> ofSession(long session) {
        return database.read(tx ->
                tx.one(
                        OF_SESSION,
                        row ->
                                new Stored(
                                        row.getLong(1),
                                        row.getString(2),
                                        row.getLong(3),
                                        row.getBytes(4)),
                        session));
    }

    public List<Stored> ofUser(long user) {
        return database.read(tx ->
                tx.query(
                        OF_USER,
                        row ->
                                new Stored(
                                        row.getLong(1),
                                        row.getString(2),
                                        row.getLong(3),
                                        row.getBytes(4)),
                        user));
    }

    /// The devices of these users; nothing of who has no account here.
    List<OfUser> ofUsers(String[] users) {
        return database.read(tx ->
                tx.query(
                        OF_USERS,
                        row ->
                                new OfUser(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getBytes(4)),
                        (Object) users));
    }

    /// A device, whether or not it has keys.
    record Named(long user, String device, @Nullable String displayName) {}

    /// The device with which each of these users logged in last.
    List<Named> newest(Collection<Long> users) {
        long[] numbers = users.stream().mapToLong(Long::longValue).toArray();
        return database.read(tx ->
                tx.query(
                        NEWEST,
                        row -> new Named(row.getLong(1), row.getString(2), row.getString(3)),
                        (Object) numbers));
    }

    /// Those of the devices that exist.
    List<Session> sessions(String[] users, String[] devices) {
        return database.read(tx ->
                tx.query(
                        SESSIONS,
                        row ->
                                new Session(
                                        row.getString(1),
                                        row.getString(2),
                                        row.getLong(3),
                                        row.getLong(4)),
                        users,
                        devices));
    }

    /// Writes the version after the one that is stored; refused as outrun if it is not.
    public static void put(CommitBatch batch, Stored next, long user) {
        batch.add(PUT, next.session(), user, next.device(), next.version(), next.keys());
    }

    /// Deletes the keys of a device whose session is closed, and notes the change of the list.
    ///
    /// @param deleted called if there were any
    public static void deleteGone(
            CommitBatch batch, int ordinal, long user, String device, Runnable deleted) {
        batch.add(DELETE_GONE, ordinal, user, device);
        batch.takeRows(DELETE_GONE, user, row -> deleted.run());
    }
}
