package org.valise.accounts.filters;

import static org.valise.platform.stream.BulkInsert.Column.LONG;

import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;

import java.util.List;
import java.util.Optional;

/// SQL of `accounts.filter`.
final class FilterStore {
    private static final String NUMBER =
            """
            SELECT number FROM accounts.filter WHERE user_number = ? AND digest = ?
            """;
    private static final String INSERT =
            """
            INSERT INTO accounts.filter (user_number, number, digest, definition)
            VALUES (?, nextval('accounts.filter_numbers'), ?, ?)
            ON CONFLICT (user_number, digest) DO NOTHING
            """;
    private static final String DEFINITION =
            """
            SELECT definition FROM accounts.filter WHERE user_number = ? AND number = ?
            """;
    private static final String COUNT =
            """
            SELECT count(*) FROM accounts.filter WHERE user_number = ?
            """;

    private static final BulkInsert ERASE =
            new BulkInsert(
                    "erased filters",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    DELETE FROM accounts.filter USING unnest(?) AS wanted (user_number)
                    WHERE filter.user_number = wanted.user_number
                    """,
                    List.of(LONG));

    Optional<Long> number(Tx tx, long user, byte[] digest) {
        return tx.one(NUMBER, row -> row.getLong(1), user, digest);
    }

    void insert(Tx tx, long user, byte[] digest, String definition) {
        tx.update(INSERT, user, digest, definition);
    }

    Optional<String> definition(Tx tx, long user, long number) {
        return tx.one(DEFINITION, row -> row.getString(1), user, number);
    }

    void erase(CommitBatch batch, long user) {
        batch.add(ERASE, user);
    }

    long count(Tx tx, long user) {
        return tx.only(COUNT, row -> row.getLong(1), user);
    }
}
