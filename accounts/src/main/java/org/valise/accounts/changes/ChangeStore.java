package org.valise.accounts.changes;

import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.changes.AccountChange.AccountDataChanged;
import org.valise.accounts.changes.AccountChange.AccountDeactivated;
import org.valise.accounts.changes.AccountChange.DeviceChanged;
import org.valise.accounts.changes.AccountChange.ProfileChanged;
import org.valise.accounts.changes.AccountChange.SessionsRevoked;
import org.valise.accounts.changes.AccountChange.StandingChanged;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/// SQL of `accounts.change`.
final class ChangeStore {
    private static final BulkInsert LOG =
            new BulkInsert(
                    "account changes",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    INSERT INTO accounts.change (position, kind, user_number, room_id, name)
                    SELECT stream.last_position() - ? + ordinal, kind, user_number, room_id, name
                    FROM unnest(?, ?, ?, ?, ?) AS change (ordinal, kind, user_number, room_id, name)
                    """,
                    List.of(INT, TEXT, LONG, TEXT, TEXT));
    private static final String BETWEEN =
            """
            SELECT position, kind, user_number, room_id, name FROM accounts.change
            WHERE position > ? AND position <= ? AND kind <> 'device_gone' ORDER BY position
            """;
    private static final String TRIM =
            """
            DELETE FROM accounts.change WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM accounts.change WHERE position <= ? AND at < ? ORDER BY position LIMIT ?))
            """;
    private static final String ERASED = "erase";

    void log(CommitBatch batch, int ordinal, AccountChange change) {
        switch (change) {
            case SessionsRevoked _ -> log(batch, ordinal, "sessions", change, null, null);
            case StandingChanged _ -> log(batch, ordinal, "standing", change, null, null);
            case ProfileChanged(_, _, String field) ->
                    log(batch, ordinal, "profile", change, null, field);
            case AccountDataChanged(_, _, @Nullable String room, String type) ->
                    log(batch, ordinal, "account_data", change, room, type);
            case DeviceChanged(_, _, String device) ->
                    log(batch, ordinal, "device", change, null, device);
            case AccountDeactivated(_, _, boolean erase) ->
                    log(batch, ordinal, "deactivated", change, null, erase ? ERASED : null);
        }
    }

    private static void log(
            CommitBatch batch,
            int ordinal,
            String kind,
            AccountChange change,
            @Nullable String room,
            @Nullable String name) {
        batch.add(LOG, ordinal, kind, change.user(), room, name);
    }

    int trim(Tx tx, long passed, Instant before, int most) {
        return tx.update(TRIM, passed, before, most);
    }

    List<AccountChange> between(Tx tx, long from, long to) {
        return tx.query(BETWEEN, ChangeStore::change, from, to);
    }

    private static AccountChange change(ResultSet row) throws SQLException {
        long position = row.getLong("position");
        long user = row.getLong("user_number");
        @Nullable String name = row.getString("name");
        String kind = row.getString("kind");
        return switch (kind) {
            case "sessions" -> new SessionsRevoked(position, user);
            case "standing" -> new StandingChanged(position, user);
            case "profile" -> new ProfileChanged(position, user, Objects.requireNonNull(name));
            case "account_data" ->
                    new AccountDataChanged(
                            position, user, row.getString("room_id"), Objects.requireNonNull(name));
            case "device" -> new DeviceChanged(position, user, Objects.requireNonNull(name));
            case "deactivated" -> new AccountDeactivated(position, user, ERASED.equals(name));
            default -> throw new IllegalStateException("unknown kind of account change: " + kind);
        };
    }
}
