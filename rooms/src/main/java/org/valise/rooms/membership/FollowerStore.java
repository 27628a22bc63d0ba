package org.valise.rooms.membership;

import org.valise.platform.database.Database;

import java.util.List;

/// How far the changes of accounts have been followed, and what comes next.
final class FollowerStore {
    private static final String POSITION = "SELECT position FROM rooms.follower WHERE name = ?";
    private static final String ADVANCE =
            """
            INSERT INTO rooms.follower (name, position) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE
            SET position = greatest(follower.position, excluded.position)
            """;
    private static final String NEXT =
            """
            SELECT position, kind, user_number FROM accounts_read.change
            WHERE position > ? AND position <= ?
              AND (kind = 'deactivated' OR kind = 'profile' AND name IN ('displayname', 'avatar_url'))
            ORDER BY position LIMIT ?
            """;

    private final Database database;

    FollowerStore(Database database) {
        this.database = database;
    }

    long position(String follower) {
        return database.read(tx -> tx.one(POSITION, row -> row.getLong(1), follower)).orElse(0L);
    }

    void advance(String follower, long position) {
        database.run(tx -> tx.update(ADVANCE, follower, position));
    }

    /// The next changes in `(from, to]` that concern memberships.
    List<AccountEvent> next(long from, long to, int limit) {
        return database.read(tx ->
                tx.query(
                        NEXT,
                        row ->
                                new AccountEvent(
                                        row.getLong(1),
                                        row.getString(2).equals("deactivated"),
                                        row.getLong(3)),
                        from,
                        to,
                        limit));
    }

    /// A profile was changed, or an account was closed.
    record AccountEvent(long position, boolean closed, long user) {}
}
