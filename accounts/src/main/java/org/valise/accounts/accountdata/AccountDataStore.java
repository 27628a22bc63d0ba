package org.valise.accounts.accountdata;

import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.RowMapper;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;

import java.util.List;
import java.util.Optional;

/// SQL of `accounts.account_data`.
final class AccountDataStore {
    // Of several writes of the same data in one batch the last one counts, unless one of them
    // relies on what was there before.
    private static final BulkInsert PUT =
            new BulkInsert(
                    "account data",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    WITH base AS (SELECT stream.last_position() - ? AS position),
                    wanted AS MATERIALIZED (
                        SELECT wanted.*,
                               CASE WHEN expected IS NULL THEN true
                                    ELSE accounts.must(count(*) OVER same = 1 AND coalesce(known.position, 0) = expected)
                               END AS fits,
                               row_number() OVER (PARTITION BY user_number, room_id, type ORDER BY ordinal DESC) = 1 AS last
                        FROM unnest(?, ?, ?, ?, ?, ?) AS wanted (ordinal, user_number, room_id, type, content, expected)
                        LEFT JOIN accounts.account_data AS known USING (user_number, room_id, type)
                        WINDOW same AS (PARTITION BY user_number, room_id, type))
                    INSERT INTO accounts.account_data (user_number, room_id, type, content, deleted, position)
                    SELECT user_number, room_id, type, content, false, base.position + ordinal
                    FROM base, wanted WHERE fits AND last
                    ON CONFLICT (user_number, room_id, type)
                    DO UPDATE SET content = excluded.content, deleted = false, position = excluded.position
                    """,
                    List.of(INT, LONG, TEXT, TEXT, TEXT, LONG));
    private static final BulkInsert DELETE =
            new BulkInsert(
                    "deleted account data",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    WITH base AS (SELECT stream.last_position() - ? AS position)
                    UPDATE accounts.account_data SET content = '{}', deleted = true, position = base.position + ordinal
                    FROM base, unnest(?, ?, ?, ?) AS wanted (ordinal, user_number, room_id, type)
                    WHERE account_data.user_number = wanted.user_number AND account_data.room_id = wanted.room_id
                      AND account_data.type = wanted.type AND NOT deleted
                    """,
                    List.of(INT, LONG, TEXT, TEXT));
    private static final BulkInsert ERASE =
            new BulkInsert(
                    "erased account data",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    DELETE FROM accounts.account_data USING unnest(?) AS wanted (user_number)
                    WHERE account_data.user_number = wanted.user_number
                    """,
                    List.of(LONG));
    private static final String FIND =
            """
            SELECT content, deleted, position FROM accounts.account_data WHERE user_number = ? AND room_id = ? AND type = ?
            """;
    // Deleted data counts: it stays as a mark.
    private static final String USAGE_BESIDE =
            """
            SELECT count(*), coalesce(sum(octet_length(content)), 0) FROM accounts.account_data
            WHERE user_number = ? AND (room_id, type) <> (?, ?)
            """;
    private static final String ALL =
            """
            SELECT room_id, type, content, position FROM accounts.account_data
            WHERE user_number = ? AND NOT deleted ORDER BY room_id, type
            """;
    private static final String CHANGED =
            """
            SELECT room_id, type, content, position FROM accounts.account_data
            WHERE user_number = ? AND position > ? ORDER BY position, room_id, type
            """;
    private static final RowMapper<Stored> STORED =
            row ->
                    new Stored(
                            row.getString("room_id"),
                            row.getString("type"),
                            row.getString("content"),
                            row.getLong("position"));

    /// @param room empty for global data
    /// @param content as JSON text
    record Stored(String room, String type, String content, long position) {}

    /// What is there, also if it was deleted.
    record Found(String content, boolean deleted, long position) {}

    /// What a user keeps.
    record Usage(long entries, long bytes) {
        /// With one entry more.
        Usage with(int more) {
            return new Usage(entries + 1, bytes + more);
        }
    }

    /// Without what is under this room and type.
    Usage usageBeside(Tx tx, long user, String room, String type) {
        return tx.only(
                USAGE_BESIDE, row -> new Usage(row.getLong(1), row.getLong(2)), user, room, type);
    }

    Optional<Found> find(Tx tx, long user, String room, String type) {
        return tx.one(
                FIND,
                row ->
                        new Found(
                                row.getString("content"),
                                row.getBoolean("deleted"),
                                row.getLong("position")),
                user,
                room,
                type);
    }

    /// @param expected the position at which it must have been written last (0: never), or null for
    ///   any
    void put(
            CommitBatch batch,
            int ordinal,
            long user,
            String room,
            String type,
            String content,
            @Nullable Long expected) {
        batch.add(PUT, ordinal, user, room, type, content, expected);
    }

    void delete(CommitBatch batch, int ordinal, long user, String room, String type) {
        batch.add(DELETE, ordinal, user, room, type);
    }

    void erase(CommitBatch batch, long user) {
        batch.add(ERASE, user);
    }

    List<Stored> all(Tx tx, long user) {
        return tx.query(ALL, STORED, user);
    }

    List<Stored> changed(Tx tx, long user, long after) {
        return tx.query(CHANGED, STORED, user, after);
    }
}
