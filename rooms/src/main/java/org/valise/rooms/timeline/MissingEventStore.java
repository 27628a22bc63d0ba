package org.valise.rooms.timeline;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.protocol.id.EventId;

import java.util.Collection;
import java.util.List;

/// What is known to be missing of rooms: the gaps of their order, and who waits for what.
public final class MissingEventStore {
    private static final String GAPS =
            """
            SELECT g.segment, g.missing,
                   (SELECT e.index FROM rooms.event e WHERE e.room = g.room AND e.segment = g.segment
                    ORDER BY e.index LIMIT 1)
            FROM rooms.gap g WHERE g.room = ? ORDER BY g.segment
            """;
    private static final String WAITING = "SELECT missing, event FROM rooms.waiting WHERE room = ?";

    private static final String AWAITED =
            """
            SELECT EXISTS (SELECT 1 FROM rooms.waiting WHERE room = ? AND missing = ANY(?))
                OR EXISTS (SELECT 1 FROM rooms.early_redaction WHERE room = ? AND target = ANY(?))
            """;

    /// Row: room, segment, id of the missing event, whether it is missing no more. What is both
    /// added and taken away in one commit is gone.
    public static final BulkInsert CHANGE_GAP =
            new BulkInsert(
                    "gap",
                    Phase.CHANGES,
                    false,
                    """
                    WITH change AS (
                        SELECT * FROM unnest(?, ?, ?, ?) AS row (room, segment, missing, gone)),
                    filled AS (
                        DELETE FROM rooms.gap g USING change c
                        WHERE c.gone AND g.room = c.room AND g.missing = c.missing)
                    INSERT INTO rooms.gap (room, segment, missing)
                    SELECT c.room, c.segment, c.missing FROM change c
                    WHERE NOT c.gone AND NOT EXISTS (
                        SELECT 1 FROM change d
                        WHERE d.gone AND d.room = c.room AND d.missing = c.missing)
                    ON CONFLICT DO NOTHING
                    """,
                    List.of(Column.LONG, Column.INT, Column.TEXT, Column.BOOLEAN));

    /// Row: room, id of the missing event (any, if it waits no more), number of the one that waits,
    /// whether it waits no more.
    public static final BulkInsert CHANGE_WAITING =
            new BulkInsert(
                    "waiting",
                    Phase.CHANGES,
                    false,
                    """
                    WITH change AS (
                        SELECT * FROM unnest(?, ?, ?, ?) AS row (room, missing, event, gone)),
                    judged AS (
                        DELETE FROM rooms.waiting w USING change c
                        WHERE c.gone AND w.room = c.room AND w.event = c.event)
                    INSERT INTO rooms.waiting (room, missing, event)
                    SELECT c.room, c.missing, c.event FROM change c
                    WHERE NOT c.gone AND NOT EXISTS (
                        SELECT 1 FROM change d
                        WHERE d.gone AND d.room = c.room AND d.event = c.event)
                    ON CONFLICT DO NOTHING
                    """,
                    List.of(Column.LONG, Column.TEXT, Column.LONG, Column.BOOLEAN));

    private final Database database;

    public MissingEventStore(Database database) {
        this.database = database;
    }

    /// An ancestor of a segment that is not here.
    ///
    /// @param first the lowest index that the segment has so far
    public record Gap(int segment, EventId missing, long first) {}

    /// An event that cannot be judged before another one is here.
    public record Waiter(EventId missing, long event) {}

    public List<Gap> gaps(long room) {
        return database.read(tx ->
                tx.query(
                        GAPS,
                        row ->
                                new Gap(
                                        row.getInt(1),
                                        EventId.parse(row.getString(2)),
                                        row.getLong(3)),
                        room));
    }

    /// Whether any event waits for one of these, or a redaction does.
    public boolean isAnyAwaited(long room, Collection<EventId> events) {
        String[] ids = events.stream().map(EventId::value).toArray(String[]::new);
        return database.read(
                tx -> tx.only(AWAITED, row -> row.getBoolean(1), room, ids, room, ids));
    }

    public List<Waiter> waiting(long room) {
        return database.read(tx ->
                tx.query(
                        WAITING,
                        row -> new Waiter(EventId.parse(row.getString(1)), row.getLong(2)),
                        room));
    }
}
