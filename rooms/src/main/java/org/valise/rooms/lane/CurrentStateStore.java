package org.valise.rooms.lane;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.rooms.members.MemberCounts;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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

    /// For many rooms: the state at a position of each, and what changed after it.
    private static final String SINCE_OF_ROOMS =
            """
            SELECT wanted.room, s.position, s.snapshot, s.joined, s.invited
            FROM unnest(?, ?) AS wanted (room, floor)
            CROSS JOIN LATERAL (
                (SELECT * FROM rooms.current_state
                 WHERE room = wanted.room AND position <= wanted.floor
                 ORDER BY position DESC LIMIT 1)
                UNION ALL
                SELECT * FROM rooms.current_state
                WHERE room = wanted.room AND position > wanted.floor AND position <= ?) s
            """;

    private static final String BETWEEN =
            """
            SELECT position, snapshot, joined, invited FROM rooms.current_state
            WHERE position > ? AND position <= ?
            """;

    private static final String STEPS =
            """
            SELECT position, room, snapshot FROM rooms.current_state
            WHERE position > ? AND position <= ? ORDER BY position LIMIT ?
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

    /// The states of many rooms at a position of each, and the changes after it, in order.
    ///
    /// @param floors by room
    public Map<Long, List<Entry>> since(Map<Long, Long> floors, long upTo) {
        List<Map.Entry<Long, Long>> wanted = List.copyOf(floors.entrySet());
        long[] rooms = wanted.stream().mapToLong(Map.Entry::getKey).toArray();
        long[] from = wanted.stream().mapToLong(Map.Entry::getValue).toArray();
        Map<Long, List<Entry>> found = new HashMap<>();
        database.read(tx ->
                tx.query(
                        SINCE_OF_ROOMS,
                        row ->
                                found.computeIfAbsent(row.getLong(1), any -> new ArrayList<>())
                                        .add(
                                                new Entry(
                                                        row.getLong(2),
                                                        row.getLong(3),
                                                        new MemberCounts(
                                                                row.getInt(4), row.getInt(5)))),
                        rooms,
                        from,
                        upTo));
        found.values().forEach(each -> each.sort(Comparator.comparingLong(Entry::position)));
        return found;
    }

    /// The changes of all rooms in `(from, to]`, in any order.
    List<Entry> between(long from, long to) {
        return database.read(tx -> tx.query(BETWEEN, CurrentStateStore::entry, from, to));
    }

    /// A room's current state became another.
    ///
    /// @param snapshot its number
    public record Step(long position, long room, long snapshot) {}

    /// The next changes of all rooms in `(from, to]`, in order.
    public List<Step> steps(long from, long to, int limit) {
        return database.read(tx ->
                tx.query(
                        STEPS,
                        row -> new Step(row.getLong(1), row.getLong(2), row.getLong(3)),
                        from,
                        to,
                        limit));
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
