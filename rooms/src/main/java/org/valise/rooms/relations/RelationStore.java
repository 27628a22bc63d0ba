package org.valise.rooms.relations;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// The relations between events. Children that were redacted have none.
public final class RelationStore {
    /// Levels of indirect relations that are followed: "Homeservers SHOULD traverse at least 3".
    public static final int MAX_DEPTH = 3;

    /// SECURITY: so many direct and indirect relations of one event are looked at, the nearest
    /// first.
    private static final int MAX_RECURSED = 10_000;

    private static final String CHILDREN =
            """
            SELECT number, segment, index FROM rooms.relation
            WHERE room = ? AND target = ?
            """;
    private static final String DESCENDANTS =
            """
            WITH RECURSIVE related AS (
                SELECT r.*, 1 AS depth FROM rooms.relation r WHERE r.room = ? AND r.target = ?
                UNION ALL
                SELECT r.*, p.depth + 1 FROM related p
                JOIN rooms.event e ON e.room = p.room AND e.number = p.number
                JOIN rooms.relation r ON r.room = p.room AND r.target = e.event_id
                WHERE p.depth < %d)
            SELECT number, segment, index FROM (SELECT * FROM related LIMIT %d) AS bounded
            WHERE true
            """
                    .formatted(MAX_DEPTH, MAX_RECURSED);
    private static final String OF_WANTED_TYPES =
            """
              AND (? OR rel_type = ?) AND (? OR type = ?) AND (position IS NULL OR position <= ?)
            """;
    private static final String BEFORE =
            OF_WANTED_TYPES
                    + """
                      AND (segment, index) < (?, ?) ORDER BY segment DESC, index DESC LIMIT ?
                    """;
    private static final String FROM =
            OF_WANTED_TYPES
                    + """
                      AND (segment, index) >= (?, ?) ORDER BY segment, index LIMIT ?
                    """;

    /// The newest message of each thread that goes on before a place, as of a position.
    private static final String THREADS =
            """
            SELECT r.number, r.target, r.segment, r.index FROM rooms.relation r
            WHERE r.room = ? AND r.rel_type = 'm.thread' AND (r.segment, r.index) < (?, ?)
              AND (r.position IS NULL OR r.position <= ?) AND r.sender <> ALL (?)
              AND NOT EXISTS (
                SELECT 1 FROM rooms.relation l
                WHERE l.room = r.room AND l.target = r.target AND l.rel_type = 'm.thread'
                  AND (l.segment, l.index) > (r.segment, r.index)
                  AND (l.position IS NULL OR l.position <= ?) AND l.sender <> ALL (?))
            """;

    private static final String WHERE_ONE_PARTICIPATED =
            """
              AND (EXISTS (
                SELECT 1 FROM rooms.relation o
                WHERE o.room = r.room AND o.target = r.target AND o.rel_type = 'm.thread'
                  AND o.sender = ?)
              OR EXISTS (
                SELECT 1 FROM rooms.event e
                WHERE e.event_id = r.target AND e.room = r.room AND e.sender = ?))
            """;
    private static final String NEWEST_THREADS_FIRST =
            "ORDER BY r.segment DESC, r.index DESC LIMIT ?";

    private static final String OWN =
            """
            SELECT number FROM rooms.relation
            WHERE room = ? AND target = ? AND rel_type = ? AND type = ? AND sender = ?
            """;

    private static final String RELATED =
            """
            SELECT DISTINCT target FROM rooms.relation
            WHERE room = ? AND target = ANY (?)
              AND (? OR sender = ANY (?)) AND (? OR rel_type = ANY (?))
            """;

    /// Row: ordinal, room, number, target, rel_type, type, sender, segment, index, ts. Ordinal
    /// null: it is not visible.
    private static final BulkInsert INSERT =
            new BulkInsert(
                    "relation",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO rooms.relation (position, room, number, target, rel_type, type,
                        sender, segment, index, origin_server_ts)
                    SELECT stream.last_position() - ? + ordinal, room, number, target, rel_type,
                        type, sender, segment, index, ts
                    FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        AS row (ordinal, room, number, target, rel_type, type, sender, segment,
                                index, ts)
                    """,
                    List.of(
                            Column.INT,
                            Column.LONG,
                            Column.LONG,
                            Column.TEXT,
                            Column.TEXT,
                            Column.TEXT,
                            Column.LONG,
                            Column.INT,
                            Column.LONG,
                            Column.LONG));

    /// Row: room, number.
    private static final BulkInsert REMOVE =
            new BulkInsert(
                    "relation removed",
                    Phase.CHANGES,
                    false,
                    """
                    DELETE FROM rooms.relation r USING unnest(?, ?) AS gone (room, number)
                    WHERE r.room = gone.room AND r.number = gone.number
                    """,
                    List.of(Column.LONG, Column.LONG));

    private final Database database;

    public RelationStore(Database database) {
        this.database = database;
    }

    /// Notes what an event says of another one, if it does.
    ///
    /// @param ordinal of its position in the batch; 0 if it becomes visible to nobody
    public static void insert(CommitBatch batch, StoredEvent child, int ordinal) {
        RoomOrder order = child.order();
        if (order == null) {
            return;
        }
        Event event = child.event();
        Relation.of(event.content())
                .ifPresent(relation ->
                        batch.add(
                                INSERT,
                                ordinal == 0 ? null : ordinal,
                                child.room(),
                                child.number(),
                                relation.target().value(),
                                relation.type(),
                                event.type(),
                                child.sender(),
                                order.segment(),
                                order.index(),
                                event.originServerTs()));
    }

    /// "When a child event is redacted then the relationship is broken."
    public static void remove(CommitBatch batch, StoredEvent redacted) {
        batch.add(REMOVE, redacted.room(), redacted.number());
    }

    /// Which of the children of an event.
    ///
    /// @param relType empty for any
    /// @param type empty for any
    /// @param recurse whether children of children are wanted too
    /// @param asOf the position as of which
    public record Children(
            long room, EventId parent, String relType, String type, boolean recurse, long asOf) {}

    /// The children before a place, newest first.
    public List<Place> before(Children wanted, RoomOrder place, int limit) {
        return children(wanted, BEFORE, place, limit);
    }

    /// The children from a place on, oldest first.
    public List<Place> from(Children wanted, RoomOrder place, int limit) {
        return children(wanted, FROM, place, limit);
    }

    private List<Place> children(Children wanted, String order, RoomOrder place, int limit) {
        String sql = (wanted.recurse() ? DESCENDANTS : CHILDREN) + order;
        return database.read(tx ->
                tx.query(
                        sql,
                        RelationStore::place,
                        wanted.room(),
                        wanted.parent().value(),
                        wanted.relType().isEmpty(),
                        wanted.relType(),
                        wanted.type().isEmpty(),
                        wanted.type(),
                        wanted.asOf(),
                        place.segment(),
                        place.index(),
                        limit));
    }

    private static Place place(ResultSet row) throws SQLException {
        return new Place(row.getLong(1), new RoomOrder(row.getInt(2), row.getLong(3)));
    }

    /// The newest message of each thread, the thread that went on last first.
    ///
    /// @param before only threads whose newest message stands before this place
    /// @param ignored numbers of users whose messages do not count
    /// @param participant the number of a user who must have taken part; 0 for any thread
    public List<ThreadEnd> threads(
            long room,
            RoomOrder before,
            long asOf,
            Collection<Long> ignored,
            long participant,
            int limit) {
        long[] nobody = longs(ignored);
        if (participant == 0) {
            return database.read(tx ->
                    tx.query(
                            THREADS + NEWEST_THREADS_FIRST,
                            RelationStore::threadEnd,
                            room,
                            before.segment(),
                            before.index(),
                            asOf,
                            nobody,
                            asOf,
                            nobody,
                            limit));
        }
        return database.read(tx ->
                tx.query(
                        THREADS + WHERE_ONE_PARTICIPATED + NEWEST_THREADS_FIRST,
                        RelationStore::threadEnd,
                        room,
                        before.segment(),
                        before.index(),
                        asOf,
                        nobody,
                        asOf,
                        nobody,
                        participant,
                        participant,
                        limit));
    }

    private static ThreadEnd threadEnd(ResultSet row) throws SQLException {
        return new ThreadEnd(
                row.getLong(1),
                EventId.parse(row.getString(2)),
                new RoomOrder(row.getInt(3), row.getLong(4)));
    }

    /// The numbers of what a user has said of an event in this way.
    public List<Long> own(long room, Relation relation, String type, long sender) {
        return database.read(tx ->
                tx.query(
                        OWN,
                        row -> row.getLong(1),
                        room,
                        relation.target().value(),
                        relation.type(),
                        type,
                        sender));
    }

    /// Which of these events have a child from one of the senders, of one of the types.
    ///
    /// @param senders null for anybody
    /// @param relTypes null for any
    public Set<EventId> related(
            long room,
            Collection<EventId> parents,
            @Nullable Collection<Long> senders,
            @Nullable Collection<String> relTypes) {
        String[] ids = parents.stream().map(EventId::value).toArray(String[]::new);
        return Set.copyOf(
                database.read(tx ->
                        tx.query(
                                RELATED,
                                row -> EventId.parse(row.getString(1)),
                                room,
                                ids,
                                senders == null,
                                senders == null ? new long[0] : longs(senders),
                                relTypes == null,
                                relTypes == null
                                        ? new String[0]
                                        : relTypes.stream()
                                                .filter(type -> type.indexOf('\0') < 0)
                                                .toArray(String[]::new))));
    }

    static long[] longs(Collection<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    /// A child and where it stands.
    public record Place(long number, RoomOrder order) {}

    /// The newest message of a thread.
    public record ThreadEnd(long number, EventId root, RoomOrder order) {}
}
