package org.valise.rooms.upgrades;

import org.valise.platform.database.Database;
import org.valise.protocol.id.RoomId;

import java.util.List;

/// How far the joins were followed, and those that come next.
final class UpgradeStore {
    private static final String NAME = "upgrades";
    private static final String POSITION = "SELECT position FROM rooms.follower WHERE name = ?";
    private static final String ADVANCE =
            """
            INSERT INTO rooms.follower (name, position) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE
            SET position = greatest(follower.position, excluded.position)
            """;
    private static final String JOINS =
            """
            SELECT m.position, m.user_number, r.room_id, n.predecessor
            FROM rooms.membership m JOIN rooms.replacement n USING (room)
            JOIN rooms.room r ON r.number = m.room
            WHERE m.position > ? AND m.position <= ? AND m.membership = 3
            ORDER BY m.position LIMIT ?
            """;

    private final Database database;

    UpgradeStore(Database database) {
        this.database = database;
    }

    long position() {
        return database.read(tx -> tx.one(POSITION, row -> row.getLong(1), NAME)).orElse(0L);
    }

    void advance(long position) {
        database.run(tx -> tx.update(ADVANCE, NAME, position));
    }

    /// Joins of local users into rooms that replace others, in `(from, to]`, in order.
    List<Join> joins(long from, long to, int limit) {
        return database.read(tx ->
                tx.query(
                        JOINS,
                        row ->
                                new Join(
                                        row.getLong(1),
                                        row.getLong(2),
                                        RoomId.parse(row.getString(3)),
                                        RoomId.parse(row.getString(4))),
                        from,
                        to,
                        limit));
    }

    /// A local user joined a room.
    ///
    /// @param user the number
    record Join(long position, long user, RoomId room, RoomId replaced) {}
}
