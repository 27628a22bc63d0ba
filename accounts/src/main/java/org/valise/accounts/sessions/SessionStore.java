package org.valise.accounts.sessions;

import static org.valise.platform.stream.BulkInsert.Column.INT;
import static org.valise.platform.stream.BulkInsert.Column.LONG;
import static org.valise.platform.stream.BulkInsert.Column.TEXT;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.tokens.TokenHash;
import org.valise.platform.database.Rows;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of `accounts.session`, but for its tokens.
final class SessionStore {
    private static final String INSERT =
            """
            INSERT INTO accounts.session
                (number, user_number, device_id, display_name, token_hash, token_expires_at, refresh_hash, created_at)
            VALUES (nextval('accounts.session_numbers'), ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (user_number, device_id) DO NOTHING
            RETURNING number
            """;
    private static final String NUMBER =
            """
            SELECT number FROM accounts.session WHERE token_hash = ?
            """;
    // Without a device all of the user's sessions, except the one that is kept.
    private static final BulkInsert CLOSE =
            new BulkInsert(
                    "closed sessions",
                    BulkInsert.Phase.ORDERED,
                    true,
                    """
                    WITH base AS (SELECT stream.last_position() - ? AS position),
                    wanted AS (SELECT * FROM unnest(?, ?, ?, ?) AS wanted (ordinal, user_number, device_id, kept)),
                    gone AS (
                        DELETE FROM accounts.session USING wanted
                        WHERE session.user_number = wanted.user_number
                          AND (wanted.device_id IS NULL OR session.device_id = wanted.device_id)
                          AND session.number IS DISTINCT FROM wanted.kept
                        RETURNING wanted.ordinal, session.user_number, session.device_id)
                    INSERT INTO accounts.change (position, kind, user_number, name)
                    SELECT base.position + gone.ordinal, 'device_gone', gone.user_number, gone.device_id FROM base, gone
                    """,
                    List.of(INT, LONG, TEXT, LONG));
    private static final BulkInsert RENAME =
            new BulkInsert(
                    "device names",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    UPDATE accounts.session SET display_name = wanted.display_name
                    FROM unnest(?, ?, ?) AS wanted (user_number, device_id, display_name)
                    WHERE session.user_number = wanted.user_number AND session.device_id = wanted.device_id
                    """,
                    List.of(LONG, TEXT, TEXT));
    private static final String DEVICES =
            """
            SELECT device_id, display_name, last_seen_at, last_seen_ip, last_seen_agent
            FROM accounts.session WHERE user_number = ? ORDER BY number
            """;
    private static final String DEVICE =
            """
            SELECT device_id, display_name, last_seen_at, last_seen_ip, last_seen_agent
            FROM accounts.session WHERE user_number = ? AND device_id = ?
            """;
    // Rows that another node is writing are left out: it is only a rough note.
    private static final String SAW =
            """
            WITH free AS (SELECT number FROM accounts.session WHERE number = ANY (?) FOR UPDATE SKIP LOCKED)
            UPDATE accounts.session
            SET last_seen_at = to_timestamp(seen.millis / 1000.0), last_seen_ip = seen.ip, last_seen_agent = seen.agent
            FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[]) AS seen (number, millis, ip, agent)
            JOIN free USING (number)
            WHERE session.number = seen.number
            """;

    /// Empty if the user has a device of that id.
    Optional<Long> insert(
            Tx tx,
            long user,
            String device,
            @Nullable String displayName,
            SessionTokens tokens,
            Instant now) {
        return tx.one(
                INSERT,
                row -> row.getLong(1),
                user,
                device,
                displayName,
                tokens.access().hash().bytes(),
                tokens.expires(),
                tokens.refreshHash(),
                now);
    }

    /// The session that has this token.
    Optional<Long> number(Tx tx, TokenHash token) {
        return tx.one(NUMBER, row -> row.getLong(1), (Object) token.bytes());
    }

    void close(CommitBatch batch, int ordinal, long user, List<String> devices) {
        devices.forEach(device -> batch.add(CLOSE, ordinal, user, device, null));
    }

    /// @param kept the session that stays, if one does
    void closeAll(CommitBatch batch, int ordinal, long user, @Nullable Long kept) {
        batch.add(CLOSE, ordinal, user, null, kept);
    }

    void rename(CommitBatch batch, long user, String device, String displayName) {
        batch.add(RENAME, user, device, displayName);
    }

    List<Device> devices(Tx tx, long user) {
        return tx.query(DEVICES, SessionStore::device, user);
    }

    Optional<Device> device(Tx tx, long user, String device) {
        return tx.one(DEVICE, SessionStore::device, user, device);
    }

    private static Device device(ResultSet row) throws SQLException {
        return new Device(
                row.getString("device_id"),
                row.getString("display_name"),
                Rows.instant(row, "last_seen_at"),
                row.getString("last_seen_ip"),
                row.getString("last_seen_agent"));
    }

    int saw(Tx tx, List<LastSeen.Sighting> sightings) {
        var numbers = new long[sightings.size()];
        var millis = new long[sightings.size()];
        var addresses = new String[sightings.size()];
        var agents = new String[sightings.size()];
        for (int i = 0; i < numbers.length; i++) {
            LastSeen.Sighting sighting = sightings.get(i);
            numbers[i] = sighting.session();
            millis[i] = sighting.at().toEpochMilli();
            addresses[i] = sighting.ip();
            agents[i] = sighting.agent();
        }
        return tx.update(SAW, numbers, numbers, millis, addresses, agents);
    }
}
