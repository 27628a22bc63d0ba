package org.valise.rooms.membership;

import org.valise.platform.database.Database;

import java.util.List;

/// Where guest accounts are.
final class GuestStore {
    private static final String ROOMS =
            """
            SELECT DISTINCT room FROM (
                SELECT DISTINCT ON (m.user_number, m.room) m.room, m.membership
                FROM accounts_read.account a JOIN rooms.membership m USING (user_number)
                WHERE a.guest ORDER BY m.user_number, m.room, m.position DESC) newest
            WHERE membership = 3
            """;
    private static final String GUESTS =
            """
            SELECT user_number FROM (
                SELECT DISTINCT ON (user_number) user_number, membership FROM rooms.membership
                WHERE room = ? ORDER BY user_number, position DESC) newest
            JOIN accounts_read.account a USING (user_number)
            WHERE membership = 3 AND a.guest
            """;

    private final Database database;

    GuestStore(Database database) {
        this.database = database;
    }

    /// The rooms that guests of this server are in.
    List<Long> rooms() {
        return database.read(tx -> tx.query(ROOMS, row -> row.getLong(1)));
    }

    /// The guests of this server who are in a room.
    List<Long> guests(long room) {
        return database.read(tx -> tx.query(GUESTS, row -> row.getLong(1), room));
    }
}
