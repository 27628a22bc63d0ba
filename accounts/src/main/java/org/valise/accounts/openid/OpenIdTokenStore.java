package org.valise.accounts.openid;

import org.valise.accounts.tokens.TokenHash;
import org.valise.platform.database.Tx;

import java.time.Instant;
import java.util.Optional;

/// SQL of `accounts.openid_token`.
final class OpenIdTokenStore {
    private static final String INSERT =
            """
            INSERT INTO accounts.openid_token (token_hash, user_number, expires_at) VALUES (?, ?, ?)
            """;
    private static final String USER =
            """
            SELECT user_number.user_id FROM accounts.openid_token
            JOIN accounts.account USING (user_number)
            JOIN accounts.user_number ON user_number.number = openid_token.user_number
            WHERE token_hash = ? AND expires_at > ? AND deactivated_at IS NULL AND NOT locked
            """;
    private static final String SWEEP =
            """
            DELETE FROM accounts.openid_token WHERE token_hash IN
                (SELECT token_hash FROM accounts.openid_token WHERE expires_at < ? LIMIT 100 FOR UPDATE SKIP LOCKED)
            """;

    void insert(Tx tx, TokenHash token, long user, Instant expires) {
        tx.update(INSERT, token.bytes(), user, expires);
    }

    Optional<String> user(Tx tx, TokenHash token, Instant now) {
        return tx.one(USER, row -> row.getString(1), token.bytes(), now);
    }

    void sweep(Tx tx, Instant now) {
        tx.update(SWEEP, now);
    }
}
