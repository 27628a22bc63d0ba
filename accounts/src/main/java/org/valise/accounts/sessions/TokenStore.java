package org.valise.accounts.sessions;

import static org.valise.platform.stream.BulkInsert.Column.BYTES;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.tokens.TokenHash;
import org.valise.platform.database.RowMapper;
import org.valise.platform.database.Rows;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of the tokens in `accounts.session`.
final class TokenStore {
    private static final String OWNER =
            """
            SELECT session.number, session.user_number, session.device_id, user_number.user_id,
                   account.guest, account.admin, account.locked, account.suspended,
                   session.next_token_hash IS NOT DISTINCT FROM ? AS next,
                   session.token_expires_at, session.next_expires_at
            FROM accounts.session
            JOIN accounts.account ON account.user_number = session.user_number
            JOIN accounts.user_number ON user_number.number = session.user_number
            WHERE (session.token_hash = ? OR session.next_token_hash = ?) AND account.deactivated_at IS NULL
            """;
    private static final String REFRESHED_BY =
            """
            SELECT session.number, session.user_number, session.device_id, account.locked,
                   session.next_refresh_hash IS NOT DISTINCT FROM ? AS next
            FROM accounts.session
            JOIN accounts.account ON account.user_number = session.user_number
            WHERE (session.refresh_hash = ? OR session.next_refresh_hash = ?) AND account.deactivated_at IS NULL
            """;
    // Only while the refresh token that was shown is the one that counts.
    private static final String OFFER =
            """
            UPDATE accounts.session SET next_token_hash = ?, next_expires_at = ?, next_refresh_hash = ?
            WHERE number = ? AND refresh_hash = ?
            """;
    private static final BulkInsert ADOPT =
            new BulkInsert(
                    "adopted tokens",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    UPDATE accounts.session
                    SET token_hash = next_token_hash, token_expires_at = next_expires_at, refresh_hash = next_refresh_hash,
                        next_token_hash = NULL, next_expires_at = NULL, next_refresh_hash = NULL
                    FROM unnest(?, ?) AS wanted (number, hash)
                    WHERE session.number = wanted.number
                      AND (next_token_hash = wanted.hash OR next_refresh_hash = wanted.hash)
                    """,
                    List.of(LONG, BYTES));
    private static final BulkInsert REPLACE =
            new BulkInsert(
                    "session tokens",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    UPDATE accounts.session
                    SET token_hash = wanted.token_hash, token_expires_at = to_timestamp(wanted.expires_millis / 1000.0),
                        refresh_hash = wanted.refresh_hash,
                        next_token_hash = NULL, next_expires_at = NULL, next_refresh_hash = NULL
                    FROM unnest(?, ?, ?, ?, ?) AS wanted (user_number, device_id, token_hash, expires_millis, refresh_hash)
                    WHERE session.user_number = wanted.user_number AND session.device_id = wanted.device_id
                    """,
                    List.of(LONG, TEXT, BYTES, LONG, BYTES));
    private static final RowMapper<Owner> ROW =
            row -> {
                boolean next = row.getBoolean("next");
                return new Owner(
                        row.getString("user_id"),
                        row.getLong("user_number"),
                        row.getString("device_id"),
                        row.getLong("number"),
                        row.getBoolean("guest"),
                        row.getBoolean("admin"),
                        row.getBoolean("locked"),
                        row.getBoolean("suspended"),
                        next,
                        Rows.instant(row, next ? "next_expires_at" : "token_expires_at"));
            };

    /// Whose session it is, and the standing of their account.
    ///
    /// @param next whether the token is of the new pair, which nobody has used yet
    /// @param expires null for never
    record Owner(
            String user,
            long userNumber,
            String device,
            long session,
            boolean guest,
            boolean admin,
            boolean locked,
            boolean suspended,
            boolean next,
            @Nullable Instant expires) {}

    /// The session that a refresh token is for.
    ///
    /// @param next whether the token is of the new pair, which nobody has used yet
    record Refreshable(
            long session, long userNumber, String device, boolean locked, boolean next) {}

    Optional<Owner> owner(Tx tx, TokenHash token) {
        return tx.one(OWNER, ROW, token.bytes(), token.bytes(), token.bytes());
    }

    Optional<Refreshable> refreshedBy(Tx tx, TokenHash refreshToken) {
        byte[] hash = refreshToken.bytes();
        return tx.one(
                REFRESHED_BY,
                row ->
                        new Refreshable(
                                row.getLong("number"),
                                row.getLong("user_number"),
                                row.getString("device_id"),
                                row.getBoolean("locked"),
                                row.getBoolean("next")),
                hash,
                hash,
                hash);
    }

    /// Makes a new pair, in the place of one that nobody has used; false if the refresh token does
    /// not count any more.
    boolean offer(Tx tx, long session, TokenHash by, SessionTokens tokens) {
        return tx.update(
                        OFFER,
                        tokens.access().hash().bytes(),
                        tokens.expires(),
                        tokens.refreshHash(),
                        session,
                        by.bytes())
                == 1;
    }

    /// Lets the new pair take the place of the old one, if it has this token.
    void adopt(CommitBatch batch, long session, TokenHash token) {
        batch.add(ADOPT, session, token.bytes());
    }

    void replace(CommitBatch batch, long user, String device, SessionTokens tokens) {
        Instant expires = tokens.expires();
        batch.add(
                REPLACE,
                user,
                device,
                tokens.access().hash().bytes(),
                expires == null ? null : expires.toEpochMilli(),
                tokens.refreshHash());
    }
}
