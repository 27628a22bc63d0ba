package org.valise.accounts.users;

import static org.valise.platform.stream.BulkInsert.Column.BOOLEAN;
import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Rows;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.UserId;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// SQL of `accounts.account`.
final class AccountStore {
    private static final String BY_ID =
            """
            SELECT user_number.user_id, account.user_number, password_hash, admin, guest, locked, suspended, created_at,
                   deactivated_at IS NOT NULL AS deactivated, erased
            FROM accounts.user_number JOIN accounts.account ON account.user_number = user_number.number
            WHERE user_number.user_id = ?
            """;
    private static final String INSERT =
            """
            INSERT INTO accounts.account (user_number, password_hash, admin, guest, created_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (user_number) DO NOTHING
            """;
    private static final String UPGRADE_GUEST =
            """
            UPDATE accounts.account SET guest = false, password_hash = ?, admin = ?
            WHERE user_number = ? AND guest AND deactivated_at IS NULL
            """;
    private static final BulkInsert SET_PASSWORD =
            new BulkInsert(
                    "passwords",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    UPDATE accounts.account SET password_hash = wanted.password_hash
                    FROM unnest(?, ?) AS wanted (user_number, password_hash)
                    WHERE account.user_number = wanted.user_number AND deactivated_at IS NULL
                    """,
                    List.of(LONG, TEXT));
    private static final BulkInsert DEACTIVATE =
            new BulkInsert(
                    "deactivated accounts",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    WITH base AS (SELECT stream.last_position() - ? AS position)
                    UPDATE accounts.account
                    SET deactivated_at = now(), password_hash = NULL, admin = false, erased = wanted.erase,
                        erased_position = CASE WHEN wanted.erase THEN base.position + wanted.ordinal END
                    FROM base, unnest(?, ?, ?) AS wanted (ordinal, user_number, erase)
                    WHERE account.user_number = wanted.user_number AND deactivated_at IS NULL
                    """,
                    List.of(INT, LONG, BOOLEAN));
    private static final BulkInsert SET_LOCKED =
            new BulkInsert(
                    "locked accounts",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    UPDATE accounts.account SET locked = wanted.locked
                    FROM unnest(?, ?) AS wanted (user_number, locked) WHERE account.user_number = wanted.user_number
                    """,
                    List.of(LONG, BOOLEAN));
    private static final BulkInsert SET_SUSPENDED =
            new BulkInsert(
                    "suspended accounts",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    UPDATE accounts.account SET suspended = wanted.suspended
                    FROM unnest(?, ?) AS wanted (user_number, suspended) WHERE account.user_number = wanted.user_number
                    """,
                    List.of(LONG, BOOLEAN));
    private static final String REPLACE_PASSWORD_HASH =
            """
            UPDATE accounts.account SET password_hash = ? WHERE user_number = ? AND password_hash = ?
            """;
    private static final String ANY =
            """
            SELECT 1 FROM accounts.account LIMIT 1
            """;

    /// @param passwordHash null if nobody can log in with a password
    record Stored(Account account, @Nullable String passwordHash) {}

    Optional<Stored> find(Tx tx, UserId id) {
        return tx.one(BY_ID, AccountStore::stored, id.value());
    }

    /// False if the user has an account, even one that was closed long ago.
    boolean insert(Tx tx, long user, @Nullable String passwordHash, AccountKind kind, Instant now) {
        return tx.update(
                        INSERT,
                        user,
                        passwordHash,
                        kind == AccountKind.ADMINISTRATOR,
                        kind == AccountKind.GUEST,
                        now)
                == 1;
    }

    boolean upgradeGuest(Tx tx, long user, String passwordHash, AccountKind kind) {
        boolean admin = kind == AccountKind.ADMINISTRATOR;
        return tx.update(UPGRADE_GUEST, passwordHash, admin, user) == 1;
    }

    boolean replacePasswordHash(Tx tx, long user, String old, String fresh) {
        return tx.update(REPLACE_PASSWORD_HASH, fresh, user, old) == 1;
    }

    void setPassword(CommitBatch batch, long user, String passwordHash) {
        batch.add(SET_PASSWORD, user, passwordHash);
    }

    void deactivate(CommitBatch batch, int ordinal, long user, boolean erase) {
        batch.add(DEACTIVATE, ordinal, user, erase);
    }

    void setLocked(CommitBatch batch, long user, boolean locked) {
        batch.add(SET_LOCKED, user, locked);
    }

    void setSuspended(CommitBatch batch, long user, boolean suspended) {
        batch.add(SET_SUSPENDED, user, suspended);
    }

    boolean any(Tx tx) {
        return tx.exists(ANY);
    }

    private static Stored stored(ResultSet row) throws SQLException {
        return new Stored(
                new Account(
                        row.getLong("user_number"),
                        UserId.parse(row.getString("user_id")),
                        row.getBoolean("admin"),
                        row.getBoolean("guest"),
                        row.getBoolean("locked"),
                        row.getBoolean("suspended"),
                        row.getBoolean("deactivated"),
                        row.getBoolean("erased"),
                        Objects.requireNonNull(Rows.instant(row, "created_at"))),
                row.getString("password_hash"));
    }
}
