package org.valise.rooms.lane;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.rooms.members.MemberCounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The current state of each room at every position at which it changed.
public final class CurrentStateStore {
    private static final String AT =
            """
            SELECT position, snapshot, joined, invited FROM rooms.current_state
            WHERE room = ? AND position <= ? ORDER BY position DESC LIMIT 1
            """;
    private static final String OF_ROOMS =
            """
            SELECT wanted.room, known.position, known.snapshot, known.joined, known.invited
            FROM unnest(?) AS wanted (room), LATERAL (
                SELECT position, snapshot, joined, invited FROM rooms.current_state
                WHERE current_state.room = wanted.room AND position <= ? ORDER BY position DESC LIMIT 1) AS known
            """;
    private static final String SINCE =
            """
            SELECT position, snapshot, joined, invited FROM rooms.current_state
            WHERE room = ? AND position > ? ORDER BY position
            """;

    private static final String BETWEEN =
            """
            SELECT position, snapshot, joined, invited FROM rooms.current_state
            WHERE position > ? AND position <= ?
            """;

    /// Row: ordinal, room, snapshot, joined, invited.
    static final BulkInsert INSERT =
            new BulkInsert(
                    "current state",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO rooms.current_state (position, room, snapshot, joined, invited)
                    SELECT stream.last_position() - ? + ordinal, room, snapshot, joined, invited
                    FROM unnest(?, ?, ?, ?, ?) AS row (ordinal, room, snapshot, joined, invited)
                    """,
                    List.of(Column.INT, Column.LONG, Column.LONG, Column.INT, Column.INT));

    private final Database database;

    public CurrentStateStore(Database database) {
        this.database = database;
    }

    /// The state that was current at a position; the empty one before the room began.
    public Entry at(long room, long position) {
        return database.read(tx -> tx.one(AT, CurrentStateStore::entry, room, position))
                .orElse(Entry.NONE);
    }

    /// The states of these rooms that were current at a position; without the rooms that had not
    /// begun.
    public Map<Long, Entry> at(Collection<Long> rooms, long position) {
        long[] wanted = rooms.stream().mapToLong(Long::longValue).toArray();
        Map<Long, Entry> entries = new HashMap<>();
        return database.read(tx -> {
            tx.each(
                    OF_ROOMS,
                    row ->
                            entries.put(
                                    row.getLong(1),
                                    new Entry(
                                            row.getLong(2),
                                            row.getLong(3),
                                            new MemberCounts(row.getInt(4), row.getInt(5)))),
                    wanted,
                    position);
            return entries;
        });
    }

    /// The changes after a position, in order.
    public List<Entry> since(long room, long position) {
        return database.read(tx -> tx.query(SINCE, CurrentStateStore::entry, room, position));
    }

    /// The changes of all rooms in `(from, to]`, in any order.
    List<Entry> between(long from, long to) {
        return database.read(tx -> tx.query(BETWEEN, CurrentStateStore::entry, from, to));
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(
                row.getLong(1), row.getLong(2), new MemberCounts(row.getInt(3), row.getInt(4)));
    }

    /// The current state from a position on.
    ///
    /// @param snapshot its number
    public record Entry(long position, long snapshot, MemberCounts members) {
        public static final Entry NONE = new Entry(0, 0, MemberCounts.NONE);
    }
}
