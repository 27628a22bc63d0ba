package org.valise.accounts.profiles;

import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.valise.platform.database.RowMapper;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;

import java.util.List;

/// SQL of `accounts.profile_field`.
final class ProfileStore {
    private static final String ALL =
            """
            SELECT user_number, name, value FROM accounts.profile_field WHERE user_number = ANY (?) ORDER BY user_number, name
            """;
    private static final String SIZE_WITHOUT =
            """
            SELECT coalesce(sum(octet_length(name) + octet_length(value) + 4), 0)
            FROM accounts.profile_field WHERE user_number = ? AND name <> ?
            """;
    // Of several writes of a field in one batch the last one counts.
    private static final BulkInsert PUT =
            new BulkInsert(
                    "profile fields",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    INSERT INTO accounts.profile_field (position, user_number, name, value)
                    SELECT DISTINCT ON (user_number, name) stream.last_position() - ? + ordinal, user_number, name, value
                    FROM unnest(?, ?, ?, ?) AS wanted (ordinal, user_number, name, value)
                    ORDER BY user_number, name, ordinal DESC
                    ON CONFLICT (user_number, name) DO UPDATE SET value = excluded.value, position = excluded.position
                    """,
                    List.of(INT, LONG, TEXT, TEXT));
    private static final BulkInsert DELETE =
            new BulkInsert(
                    "removed profile fields",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    DELETE FROM accounts.profile_field USING unnest(?, ?) AS wanted (user_number, name)
                    WHERE profile_field.user_number = wanted.user_number
                      AND (wanted.name IS NULL OR profile_field.name = wanted.name)
                    """,
                    List.of(LONG, TEXT));
    private static final RowMapper<Field> FIELD =
            row ->
                    new Field(
                            row.getLong("user_number"),
                            row.getString("name"),
                            row.getString("value"));

    /// @param value as JSON text
    record Field(long user, String name, String value) {}

    List<Field> all(Tx tx, long[] users) {
        return tx.query(ALL, FIELD, (Object) users);
    }

    /// How many bytes the profile has as JSON without this field.
    long sizeWithout(Tx tx, long user, String name) {
        return tx.only(SIZE_WITHOUT, row -> row.getLong(1), user, name);
    }

    void put(CommitBatch batch, int ordinal, long user, String name, String value) {
        batch.add(PUT, ordinal, user, name, value);
    }

    void delete(CommitBatch batch, long user, String name) {
        batch.add(DELETE, user, name);
    }

    void deleteAll(CommitBatch batch, long user) {
        batch.add(DELETE, user, null);
    }
}
