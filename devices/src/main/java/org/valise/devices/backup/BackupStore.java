package org.valise.devices.backup;

import org.valise.platform.database.Tx;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// SQL of `devices.backup` and `devices.backup_key`.
final class BackupStore {
    // The row that two creations at once both want is made by one of them.
    private static final String CREATE =
            """
            INSERT INTO devices.backup (number, user_number, version, algorithm, auth_data)
            SELECT nextval('devices.backup_numbers'), ?, coalesce(max(version), 0) + 1, ?, ?
            FROM devices.backup WHERE user_number = ?
            ON CONFLICT (user_number, version) DO NOTHING RETURNING version
            """;
    private static final String LIVE =
            "SELECT count(*) FROM devices.backup WHERE user_number = ? AND NOT deleted";
    private static final String CURRENT =
            """
            SELECT number, version, algorithm, auth_data, etag, keys FROM devices.backup
            WHERE user_number = ? AND NOT deleted ORDER BY version DESC LIMIT 1
            """;
    private static final String LOCK_CURRENT = CURRENT + "FOR UPDATE";
    private static final String VERSION =
            """
            SELECT number, version, algorithm, auth_data, etag, keys FROM devices.backup
            WHERE user_number = ? AND version = ? AND NOT deleted
            """;
    private static final String UPDATE =
            "UPDATE devices.backup SET auth_data = ? WHERE number = ? AND NOT deleted";
    private static final String DELETE =
            """
            UPDATE devices.backup SET deleted = true, auth_data = '{}', keys = 0
            WHERE user_number = ? AND version = ? RETURNING number
            """;
    private static final String DELETE_ALL =
            """
            UPDATE devices.backup SET deleted = true, auth_data = '{}', keys = 0
            WHERE user_number = ANY (?) RETURNING number
            """;
    private static final String DELETE_SOME_KEYS =
            """
            DELETE FROM devices.backup_key WHERE ctid = ANY (ARRAY (
                SELECT ctid FROM devices.backup_key WHERE backup = ? LIMIT 10000))
            """;

    // *If the keys have different values for is_verified, then it will keep the key that has
    // is_verified set to true; if they
    // have the same values, the key with a lower first_message_index; and finally the key with a
    // lower forwarded_count.*
    private static final String STORE =
            """
            WITH written AS (
                INSERT INTO devices.backup_key AS kept
                    (backup, room_id, session_id, first_message_index, forwarded_count, verified, session_data)
                SELECT ?, * FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::int[]::boolean[], ?::text[])
                ON CONFLICT (backup, room_id, session_id) DO UPDATE
                SET first_message_index = excluded.first_message_index, forwarded_count = excluded.forwarded_count,
                    verified = excluded.verified, session_data = excluded.session_data
                WHERE (NOT excluded.verified, excluded.first_message_index, excluded.forwarded_count)
                    < (NOT kept.verified, kept.first_message_index, kept.forwarded_count)
                RETURNING xmax = 0 AS added)
            UPDATE devices.backup
            SET etag = etag + (SELECT least(count(*), 1) FROM written),
                keys = keys + (SELECT count(*) FROM written WHERE added)
            WHERE number = ? RETURNING number, version, algorithm, auth_data, etag, keys
            """;
    private static final String DELETE_KEYS = deleteKeys("");
    private static final String DELETE_KEYS_OF_ROOM = deleteKeys("AND room_id = ?");
    private static final String DELETE_KEY = deleteKeys("AND room_id = ? AND session_id = ?");
    private static final String KEY =
            """
            SELECT room_id, session_id, first_message_index, forwarded_count, verified, session_data
            FROM devices.backup_key WHERE backup = ? AND room_id = ? AND session_id = ?
            """;
    private static final String KEYS_OF_ROOM =
            """
            SELECT room_id, session_id, first_message_index, forwarded_count, verified, session_data
            FROM devices.backup_key WHERE backup = ? AND room_id = ? AND session_id > ?
            ORDER BY session_id LIMIT ?
            """;
    private static final String KEYS =
            """
            SELECT room_id, session_id, first_message_index, forwarded_count, verified, session_data
            FROM devices.backup_key WHERE backup = ? AND (room_id, session_id) > (?, ?)
            ORDER BY room_id, session_id LIMIT ?
            """;

    /// The new version; empty if another one came first.
    Optional<Long> create(Tx tx, long user, String algorithm, String authData) {
        return tx.one(CREATE, row -> row.getLong(1), user, algorithm, authData, user);
    }

    /// How many versions a user has that are not deleted.
    long live(Tx tx, long user) {
        return tx.only(LIVE, row -> row.getLong(1), user);
    }

    Optional<Backup> current(Tx tx, long user) {
        return tx.one(CURRENT, BackupStore::backup, user);
    }

    /// The same, and nobody else writes to it until the transaction ends.
    Optional<Backup> lockCurrent(Tx tx, long user) {
        return tx.one(LOCK_CURRENT, BackupStore::backup, user);
    }

    Optional<Backup> version(Tx tx, long user, long version) {
        return tx.one(VERSION, BackupStore::backup, user, version);
    }

    void update(Tx tx, long backup, String authData) {
        tx.update(UPDATE, authData, backup);
    }

    /// Marks it as deleted, also if it is already; empty if it never was.
    Optional<Long> delete(Tx tx, long user, long version) {
        return tx.one(DELETE, row -> row.getLong(1), user, version);
    }

    /// Marks all versions of these users as deleted.
    List<Long> deleteAll(Tx tx, Collection<Long> users) {
        return tx.query(
                DELETE_ALL,
                row -> row.getLong(1),
                users.stream().mapToLong(Long::longValue).toArray());
    }

    /// Deletes some thousand keys.
    ///
    /// @return false when none was left
    boolean deleteSomeKeys(Tx tx, long backup) {
        return tx.update(DELETE_SOME_KEYS, backup) > 0;
    }

    /// Writes keys, no two of the same session, where they are better than what is there.
    Backup store(Tx tx, long backup, List<BackedUpKey> keys) {
        return tx.only(
                STORE,
                BackupStore::backup,
                backup,
                keys.stream().map(BackedUpKey::room).toArray(String[]::new),
                keys.stream().map(BackedUpKey::session).toArray(String[]::new),
                keys.stream().mapToLong(BackedUpKey::firstMessageIndex).toArray(),
                keys.stream().mapToLong(BackedUpKey::forwardedCount).toArray(),
                keys.stream().mapToInt(key -> key.verified() ? 1 : 0).toArray(),
                keys.stream().map(BackedUpKey::sessionData).toArray(String[]::new),
                backup);
    }

    Backup deleteKeys(Tx tx, long backup) {
        return tx.only(DELETE_KEYS, BackupStore::backup, backup, backup);
    }

    Backup deleteKeys(Tx tx, long backup, String room) {
        return tx.only(DELETE_KEYS_OF_ROOM, BackupStore::backup, backup, room, backup);
    }

    Backup deleteKey(Tx tx, long backup, String room, String session) {
        return tx.only(DELETE_KEY, BackupStore::backup, backup, room, session, backup);
    }

    Optional<BackedUpKey> key(Tx tx, long backup, String room, String session) {
        return tx.one(KEY, BackupStore::key, backup, room, session);
    }

    List<BackedUpKey> keysOfRoom(Tx tx, long backup, String room, String after, int limit) {
        return tx.query(KEYS_OF_ROOM, BackupStore::key, backup, room, after, limit);
    }

    List<BackedUpKey> keys(Tx tx, long backup, String afterRoom, String afterSession, int limit) {
        return tx.query(KEYS, BackupStore::key, backup, afterRoom, afterSession, limit);
    }

    private static String deleteKeys(String which) {
        return """
        WITH gone AS (DELETE FROM devices.backup_key WHERE backup = ? %s RETURNING 1)
        UPDATE devices.backup
        SET etag = etag + (SELECT least(count(*), 1) FROM gone), keys = keys - (SELECT count(*) FROM gone)
        WHERE number = ? RETURNING number, version, algorithm, auth_data, etag, keys
        """
                .formatted(which);
    }

    private static Backup backup(ResultSet row) throws SQLException {
        return new Backup(
                row.getLong("number"),
                row.getLong("version"),
                row.getString("algorithm"),
                row.getString("auth_data"),
                row.getLong("etag"),
                row.getLong("keys"));
    }

    private static BackedUpKey key(ResultSet row) throws SQLException {
        return new BackedUpKey(
                row.getString("room_id"),
                row.getString("session_id"),
                row.getLong("first_message_index"),
                row.getLong("forwarded_count"),
                row.getBoolean("verified"),
                row.getString("session_data"));
    }
}
