package org.valise.rooms.outside;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What other servers are still to be told: that a local user declined, or no longer knocks.
final class FarewellStore {
    /// Row: room, user, number of the outside member, reason. A later one replaces an earlier one.
    static final BulkInsert INSERT =
            new BulkInsert(
                    "farewell",
                    Phase.ORDERED,
                    false,
                    """
                    INSERT INTO rooms.farewell (room, user_number, member, reason)
                    SELECT * FROM unnest(?, ?, ?, ?)
                    ON CONFLICT (room, user_number) DO UPDATE
                    SET member = excluded.member, reason = excluded.reason, since = now(),
                        attempts = 0, next_attempt = now()
                    """,
                    List.of(Column.LONG, Column.LONG, Column.LONG, Column.TEXT));

    /// Whoever takes one has it alone until its next attempt is due.
    private static final String TAKE =
            """
            UPDATE rooms.farewell f
            SET attempts = attempts + 1,
                next_attempt = now() + least(interval '1 minute' * power(2, least(attempts, 10)),
                                             interval '1 hour')
            FROM (SELECT room, user_number FROM rooms.farewell WHERE next_attempt <= now()
                  ORDER BY next_attempt LIMIT ? FOR UPDATE SKIP LOCKED) due
            WHERE f.room = due.room AND f.user_number = due.user_number
            RETURNING f.room, f.user_number, f.member, f.reason,
                      extract(epoch FROM now() - f.since)::bigint
            """;

    /// The same of one.
    private static final String TAKE_ONE =
            """
            UPDATE rooms.farewell f
            SET attempts = attempts + 1, next_attempt = now() + interval '1 minute'
            WHERE room = ? AND user_number = ? AND next_attempt <= now()
            RETURNING f.room, f.user_number, f.member, f.reason,
                      extract(epoch FROM now() - f.since)::bigint
            """;

    private static final String HURRY =
            "UPDATE rooms.farewell SET next_attempt = now() WHERE room = ?";

    private static final String DONE =
            "DELETE FROM rooms.farewell WHERE room = ? AND user_number = ? AND member = ?";

    private final Database database;

    FarewellStore(Database database) {
        this.database = database;
    }

    /// One that is to be told now.
    ///
    /// @param member the number of the outside member that it ended
    /// @param age since the user left
    record Farewell(long room, long user, long member, @Nullable String reason, Duration age) {}

    List<Farewell> take(int most) {
        return database.transaction(tx -> tx.query(TAKE, FarewellStore::farewell, most));
    }

    /// That of a user to a room, if it is due.
    Optional<Farewell> take(long room, long user) {
        return database.transaction(tx -> tx.one(TAKE_ONE, FarewellStore::farewell, room, user));
    }

    /// Makes those to a room due.
    ///
    /// @return whether there are any
    boolean hurry(long room) {
        return database.transaction(tx -> tx.update(HURRY, room)) > 0;
    }

    private static Farewell farewell(ResultSet row) throws SQLException {
        return new Farewell(
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getString(4),
                Duration.ofSeconds(row.getLong(5)));
    }

    void done(Farewell farewell) {
        database.run(tx -> tx.update(DONE, farewell.room(), farewell.user(), farewell.member()));
    }
}
