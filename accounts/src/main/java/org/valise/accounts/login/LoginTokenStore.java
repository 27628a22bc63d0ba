package org.valise.accounts.login;

import org.valise.accounts.tokens.TokenHash;
import org.valise.platform.database.Tx;

import java.time.Instant;
import java.util.Optional;

/// SQL of `accounts.login_token`.
final class LoginTokenStore {
    private static final String INSERT =
            """
            INSERT INTO accounts.login_token (token_hash, session, expires_at) VALUES (?, ?, ?)
            """;
    // Single use. Who has been logged out since has nothing to give.
    private static final String USE =
            """
            WITH used AS (DELETE FROM accounts.login_token WHERE token_hash = ? RETURNING session, expires_at)
            SELECT user_number.user_id FROM used
            JOIN accounts.session ON session.number = used.session
            JOIN accounts.user_number ON user_number.number = session.user_number
            WHERE used.expires_at > ?
            """;
    private static final String SWEEP =
            """
            DELETE FROM accounts.login_token WHERE token_hash IN
                (SELECT token_hash FROM accounts.login_token WHERE expires_at < ? LIMIT 100 FOR UPDATE SKIP LOCKED)
            """;

    void insert(Tx tx, TokenHash token, long session, Instant expires) {
        tx.update(INSERT, token.bytes(), session, expires);
    }

    /// The id of the user it was for; it is gone in any case.
    Optional<String> use(Tx tx, TokenHash token, Instant now) {
        return tx.one(USE, row -> row.getString(1), token.bytes(), now);
    }

    void sweep(Tx tx, Instant now) {
        tx.update(SWEEP, now);
    }
}
