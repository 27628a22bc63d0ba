package org.valise.accounts.registration;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Tx;

import java.time.Instant;

/// SQL of `accounts.registration_token`.
final class RegistrationTokenStore {
    private static final String INSERT =
            """
            INSERT INTO accounts.registration_token
                (token_hash, uses_allowed, makes_admin, first_administrator, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """;
    private static final String VALID =
            """
            SELECT 1 FROM accounts.registration_token
            WHERE token_hash = ? AND (uses_allowed IS NULL OR used < uses_allowed) AND (expires_at IS NULL OR expires_at > ?)
            """;
    private static final String USE =
            """
            UPDATE accounts.registration_token SET used = used + 1
            WHERE token_hash = ? AND (uses_allowed IS NULL OR used < uses_allowed) AND (expires_at IS NULL OR expires_at > ?)
            RETURNING makes_admin, first_administrator
            """;
    // All in one order: of two people who use two of them at once, the second finds none.
    private static final String LOCK_FIRST_ADMINISTRATOR =
            """
            SELECT 1 FROM accounts.registration_token WHERE first_administrator ORDER BY token_hash FOR UPDATE
            """;
    private static final String DELETE_FIRST_ADMINISTRATOR =
            """
            DELETE FROM accounts.registration_token WHERE first_administrator
            """;
    private static final String DELETE =
            """
            DELETE FROM accounts.registration_token WHERE token_hash = ?
            """;

    record Grant(boolean admin, boolean firstAdministrator) {}

    void insert(
            Tx tx,
            byte[] token,
            @Nullable Integer uses,
            boolean admin,
            boolean firstAdministrator,
            Instant now,
            @Nullable Instant expires) {
        tx.update(INSERT, token, uses, admin, firstAdministrator, now, expires);
    }

    boolean isValid(Tx tx, byte[] token, Instant now) {
        return tx.exists(VALID, token, now);
    }

    /// Counts a use; null if the token is not or no longer valid.
    @Nullable Grant use(Tx tx, byte[] token, Instant now) {
        tx.exists(LOCK_FIRST_ADMINISTRATOR);
        return tx.one(
                        USE,
                        row ->
                                new Grant(
                                        row.getBoolean("makes_admin"),
                                        row.getBoolean("first_administrator")),
                        token,
                        now)
                .orElse(null);
    }

    void deleteFirstAdministrator(Tx tx) {
        tx.update(DELETE_FIRST_ADMINISTRATOR);
    }

    boolean delete(Tx tx, byte[] token) {
        return tx.update(DELETE, (Object) token) == 1;
    }
}
