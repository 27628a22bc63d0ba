package org.valise.accounts.users;

import org.valise.platform.database.RowMapper;
import org.valise.platform.database.Tx;

import java.util.List;
import java.util.Optional;

/// SQL of `accounts.user_number`.
final class UserNumberStore {
    private static final String BY_USER =
            """
            SELECT number, user_id FROM accounts.user_number WHERE user_id = ANY (?)
            """;
    private static final String BY_NUMBER =
            """
            SELECT number, user_id FROM accounts.user_number WHERE number = ANY (?)
            """;
    // Sorted, so that two nodes that insert the same users do not wait for each other in a circle.
    private static final String INSERT =
            """
            INSERT INTO accounts.user_number (number, user_id)
            SELECT nextval('accounts.user_numbers'), wanted.user_id
            FROM (SELECT DISTINCT unnest(?::text[]) COLLATE "C" AS user_id ORDER BY 1) AS wanted
            ON CONFLICT (user_id) DO NOTHING RETURNING number, user_id
            """;
    private static final RowMapper<Row> ROW =
            row -> new Row(row.getLong("number"), row.getString("user_id"));

    record Row(long number, String user) {}

    List<Row> byUser(Tx tx, String[] users) {
        return tx.query(BY_USER, ROW, (Object) users);
    }

    Optional<Row> byUser(Tx tx, String user) {
        return byUser(tx, new String[] {user}).stream().findFirst();
    }

    List<Row> byNumber(Tx tx, long[] numbers) {
        return tx.query(BY_NUMBER, ROW, (Object) numbers);
    }

    /// @return those that had no number
    List<Row> insert(Tx tx, String[] users) {
        return tx.query(INSERT, ROW, (Object) users);
    }
}
