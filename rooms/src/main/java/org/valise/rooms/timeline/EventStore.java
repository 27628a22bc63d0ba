package org.valise.rooms.timeline;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The table of events.
public final class EventStore {
    private static final String COLUMNS =
            """
            SELECT e.room, e.number, e.event_id, e.status, e.state_key, e.sender, e.snapshot_before,
                   e.segment, e.index, e.position, e.redacted_by, e.session, e.transaction_id, e.json,
                   r.version
            FROM rooms.event e JOIN rooms.room r ON r.number = e.room
            """;
    private static final String BY_NUMBERS = COLUMNS + "WHERE e.room = ? AND e.number = ANY(?)";
    private static final String BY_ID = COLUMNS + "WHERE e.event_id = ?";
    private static final String BY_IDS = COLUMNS + "WHERE e.event_id = ANY(?)";

    /// The newest events of a room at or before a position, and older than a place.
    private static final String VISIBLE_BEFORE =
            COLUMNS
                    + """
                    WHERE e.room = ? AND e.segment IS NOT NULL AND e.status = 0
                      AND (e.segment, e.index) < (?, ?) AND (e.position IS NULL OR e.position <= ?)
                    ORDER BY e.segment DESC, e.index DESC LIMIT ?
                    """;

    private static final String VISIBLE_FROM =
            COLUMNS
                    + """
                    WHERE e.room = ? AND e.segment IS NOT NULL AND e.status = 0
                      AND (e.segment, e.index) >= (?, ?) AND (e.position IS NULL OR e.position <= ?)
                    ORDER BY e.segment, e.index LIMIT ?
                    """;

    /// By their senders' clocks, from a moment on.
    private static final String SINCE_TIME =
            COLUMNS
                    + """
                    WHERE e.room = ? AND e.segment IS NOT NULL AND e.status = 0
                      AND (e.origin_server_ts, e.segment, e.index) >= (?, ?, ?)
                      AND (e.position IS NULL OR e.position <= ?)
                    ORDER BY e.origin_server_ts, e.segment, e.index LIMIT ?
                    """;

    private static final String UNTIL_TIME =
            COLUMNS
                    + """
                    WHERE e.room = ? AND e.segment IS NOT NULL AND e.status = 0
                      AND (e.origin_server_ts, e.segment, e.index) < (?, ?, ?)
                      AND (e.position IS NULL OR e.position <= ?)
                    ORDER BY e.origin_server_ts DESC, e.segment DESC, e.index DESC LIMIT ?
                    """;

    /// The live events of a room in `(from, to]`, newest first.
    private static final String LIVE_BETWEEN =
            COLUMNS
                    + """
                    WHERE e.room = ? AND e.segment IS NOT NULL AND e.status = 0
                      AND e.position > ? AND e.position <= ?
                    ORDER BY e.position DESC LIMIT ?
                    """;

    /// The same for many rooms, each from a position of its own.
    private static final String NEWEST_OF_ROOMS =
            """
            SELECT e.room, e.number, e.event_id, e.status, e.state_key, e.sender, e.snapshot_before,
                   e.segment, e.index, e.position, e.redacted_by, e.session, e.transaction_id, e.json,
                   r.version
            FROM unnest(?, ?) AS wanted (room, after)
            JOIN rooms.room r ON r.number = wanted.room
            CROSS JOIN LATERAL (
                SELECT * FROM rooms.event
                WHERE room = wanted.room AND segment IS NOT NULL AND status = 0
                  AND position > wanted.after AND position <= ?
                ORDER BY position DESC LIMIT ?) e
            """;

    private static final String NEWEST_IN_ROOMS =
            COLUMNS
                    + """
                    WHERE e.room = ANY(?) AND e.segment IS NOT NULL AND e.status = 0
                      AND e.position < ? ORDER BY e.position DESC LIMIT ?
                    """;
    private static final String BY_ROOMS_AND_NUMBERS =
            COLUMNS + "WHERE (e.room, e.number) IN (SELECT * FROM unnest(?, ?))";

    private static final String STATE_EVENTS =
            COLUMNS + "WHERE e.room = ? AND e.state_key IS NOT NULL AND e.status <> 4";
    private static final String IN_STREAM_ORDER =
            """
            SELECT number FROM rooms.event WHERE room = ? AND number = ANY(?)
            ORDER BY position NULLS FIRST, number
            """;
    private static final String BY_POSITIONS =
            COLUMNS + "WHERE e.position > ? AND e.position <= ? ORDER BY e.position";

    /// Row: room, number, event id, status, state key, sender, snapshot, segment, index, ordinal,
    /// ts, refusal, session, transaction id, json. Ordinal null: it is not visible.
    private static final BulkInsert INSERT =
            new BulkInsert(
                    "event",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO rooms.event (position, room, number, event_id, status, state_key,
                        sender, snapshot_before, segment, index, origin_server_ts, refusal, session,
                        transaction_id, json)
                    SELECT stream.last_position() - ? + ordinal, room, number, event_id, status,
                        state_key, sender, snapshot, segment, index, ts, refusal, session,
                        transaction_id, json
                    FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        AS row (ordinal, room, number, event_id, status, state_key, sender, snapshot,
                                segment, index, ts, refusal, session, transaction_id, json)
                    """,
                    List.of(
                            Column.INT,
                            Column.LONG,
                            Column.LONG,
                            Column.TEXT,
                            Column.INT,
                            Column.LONG,
                            Column.LONG,
                            Column.LONG,
                            Column.INT,
                            Column.LONG,
                            Column.LONG,
                            Column.TEXT,
                            Column.LONG,
                            Column.TEXT,
                            Column.BYTES));

    /// Row: room, number, redaction's number, json.
    private static final BulkInsert REDACT =
            new BulkInsert(
                    "redact",
                    Phase.CHANGES,
                    false,
                    """
                    UPDATE rooms.event e SET redacted_by = r.redaction, json = r.json
                    FROM unnest(?, ?, ?, ?) AS r (room, number, redaction, json)
                    WHERE e.room = r.room AND e.number = r.number
                    """,
                    List.of(Column.LONG, Column.LONG, Column.LONG, Column.BYTES));

    /// Row: ordinal, room, number, status, snapshot, segment, index, refusal, json. Ordinal null:
    /// it is not visible. What a redaction took stays taken.
    private static final BulkInsert JUDGE =
            new BulkInsert(
                    "judge event",
                    Phase.CHANGES,
                    true,
                    """
                    UPDATE rooms.event e SET position = stream.last_position() - ? + r.ordinal,
                        status = r.status, snapshot_before = r.snapshot, segment = r.segment,
                        index = r.index, refusal = r.refusal,
                        json = CASE WHEN e.redacted_by IS NULL THEN r.json ELSE e.json END
                    FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                        AS r (ordinal, room, number, status, snapshot, segment, index, refusal, json)
                    WHERE e.room = r.room AND e.number = r.number
                    """,
                    List.of(
                            Column.INT,
                            Column.LONG,
                            Column.LONG,
                            Column.INT,
                            Column.LONG,
                            Column.INT,
                            Column.LONG,
                            Column.TEXT,
                            Column.BYTES));

    /// Not ordered: nobody is shown an outlier.
    private static final String INSERT_OUTLIERS =
            """
            INSERT INTO rooms.event (room, number, event_id, status, state_key, sender,
                snapshot_before, origin_server_ts, refusal, json)
            SELECT ?, number, event_id, status, nullif(state_key, 0), sender, 0, ts,
                nullif(refusal, ''), json
            FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                AS r (number, event_id, status, state_key, sender, ts, refusal, json)
            ON CONFLICT (event_id) DO NOTHING
            """;

    private static final String STATE_ENTRIES =
            """
            SELECT event_id, room, number, status, coalesce(state_key, 0) FROM rooms.event
            WHERE event_id = ANY(?)
            """;

    private final Database database;

    public EventStore(Database database) {
        this.database = database;
    }

    /// @param ordinal of its position in the batch; 0 if it becomes visible to nobody
    public static void insert(
            CommitBatch batch, StoredEvent stored, int ordinal, @Nullable String refusal) {
        Event event = stored.event();
        RoomOrder order = stored.order();
        batch.add(
                INSERT,
                ordinal == 0 ? null : ordinal,
                stored.room(),
                stored.number(),
                event.id().value(),
                stored.status().code(),
                stored.key() == 0 ? null : stored.key(),
                stored.sender(),
                stored.snapshotBefore(),
                order == null ? null : order.segment(),
                order == null ? null : order.index(),
                event.originServerTs(),
                refusal,
                stored.session() == 0 ? null : stored.session(),
                stored.transactionId(),
                event.bytes());
    }

    /// What was known of an event by its content alone gets its place and status.
    ///
    /// @param ordinal of its position in the batch; 0 if it becomes visible to nobody
    public static void judge(
            CommitBatch batch, StoredEvent judged, int ordinal, @Nullable String refusal) {
        RoomOrder order = judged.order();
        batch.add(
                JUDGE,
                ordinal == 0 ? null : ordinal,
                judged.room(),
                judged.number(),
                judged.status().code(),
                judged.snapshotBefore(),
                order == null ? null : order.segment(),
                order == null ? null : order.index(),
                refusal,
                judged.event().bytes());
    }

    public static void redact(CommitBatch batch, StoredEvent redacted) {
        batch.add(
                REDACT,
                redacted.room(),
                redacted.number(),
                redacted.redactedBy(),
                redacted.event().bytes());
    }

    /// Writes events that are known by their content alone, in a transaction of their own.
    /// Whichever of them is known already is left as it is.
    ///
    /// @param refusals why the rejected ones are, in the order of the events; empty for the others
    public void insertOutliers(long room, List<StoredEvent> outliers, List<String> refusals) {
        database.read(tx ->
                tx.update(
                        INSERT_OUTLIERS,
                        room,
                        outliers.stream().mapToLong(StoredEvent::number).toArray(),
                        outliers.stream().map(each -> each.id().value()).toArray(String[]::new),
                        outliers.stream().mapToInt(each -> each.status().code()).toArray(),
                        outliers.stream().mapToLong(StoredEvent::key).toArray(),
                        outliers.stream().mapToLong(StoredEvent::sender).toArray(),
                        outliers.stream()
                                .mapToLong(each -> each.event().originServerTs())
                                .toArray(),
                        refusals.toArray(String[]::new),
                        outliers.stream()
                                .map(each -> each.event().bytes())
                                .toArray(byte[][]::new)));
    }

    /// What of an event makes it an entry of a state.
    ///
    /// @param key the number of its (type, state key); 0 if it is no state event
    public record StateEntry(EventId id, long room, long number, EventStatus status, long key) {}

    /// Those of these events that are here, without their content: a state may have many.
    public List<StateEntry> stateEntries(Collection<EventId> ids) {
        String[] wanted = ids.stream().map(EventId::value).toArray(String[]::new);
        return database.read(tx ->
                tx.query(
                        STATE_ENTRIES,
                        row ->
                                new StateEntry(
                                        EventId.parse(row.getString(1)),
                                        row.getLong(2),
                                        row.getLong(3),
                                        EventStatus.of(row.getInt(4)),
                                        row.getLong(5)),
                        (Object) wanted));
    }

    /// The events with these numbers, past the cache: for whoever reads many and keeps none.
    public List<StoredEvent> byNumbers(long room, long[] numbers) {
        return database.read(tx -> tx.query(BY_NUMBERS, EventStore::event, room, numbers));
    }

    public Optional<StoredEvent> byId(EventId id) {
        return database.read(tx -> tx.one(BY_ID, EventStore::event, id.value()));
    }

    /// Those of these events that are here, past the cache.
    public List<StoredEvent> byIds(String[] ids) {
        return database.read(tx -> tx.query(BY_IDS, EventStore::event, (Object) ids));
    }

    /// Accepted events before a place, newest first, as of a position.
    public List<StoredEvent> before(long room, RoomOrder place, long asOf, int limit) {
        return database.read(tx ->
                tx.query(
                        VISIBLE_BEFORE,
                        EventStore::event,
                        room,
                        place.segment(),
                        place.index(),
                        asOf,
                        limit));
    }

    /// Accepted events from a place on, oldest first, as of a position.
    public List<StoredEvent> from(long room, RoomOrder place, long asOf, int limit) {
        return database.read(tx ->
                tx.query(
                        VISIBLE_FROM,
                        EventStore::event,
                        room,
                        place.segment(),
                        place.index(),
                        asOf,
                        limit));
    }

    /// Accepted events by their senders' clocks: from a moment on the earliest first, or before it
    /// the latest first. Of events of one moment the room order decides.
    ///
    /// @param ts milliseconds since 1970
    /// @param place among the events of that moment
    public List<StoredEvent> byTime(
            long room, boolean onwards, long ts, RoomOrder place, long asOf, int limit) {
        return database.read(tx ->
                tx.query(
                        onwards ? SINCE_TIME : UNTIL_TIME,
                        EventStore::event,
                        room,
                        ts,
                        place.segment(),
                        place.index(),
                        asOf,
                        limit));
    }

    /// Accepted live events with positions in `(from, to]`, newest first.
    public List<StoredEvent> between(long room, long from, long to, int limit) {
        return database.read(
                tx -> tx.query(LIVE_BETWEEN, EventStore::event, room, from, to, limit));
    }

    /// Accepted live events of many rooms up to a position, of each room the newest first.
    ///
    /// @param after by room, the position after which they are wanted
    public List<StoredEvent> newest(Map<Long, Long> after, long upTo, int limit) {
        List<Map.Entry<Long, Long>> wanted = List.copyOf(after.entrySet());
        long[] rooms = wanted.stream().mapToLong(Map.Entry::getKey).toArray();
        long[] from = wanted.stream().mapToLong(Map.Entry::getValue).toArray();
        return database.read(
                tx -> tx.query(NEWEST_OF_ROOMS, EventStore::event, rooms, from, upTo, limit));
    }

    /// Accepted live events of any of these rooms before a position, newest first.
    public List<StoredEvent> newestIn(Collection<Long> rooms, long before, int limit) {
        long[] numbers = rooms.stream().mapToLong(Long::longValue).toArray();
        return database.read(
                tx -> tx.query(NEWEST_IN_ROOMS, EventStore::event, numbers, before, limit));
    }

    /// Events of many rooms.
    List<StoredEvent> byNumbers(long[] rooms, long[] numbers) {
        return database.read(
                tx -> tx.query(BY_ROOMS_AND_NUMBERS, EventStore::event, rooms, numbers));
    }

    /// Every state event of a room, whatever became of it.
    public List<StoredEvent> stateEvents(long room) {
        return database.read(tx -> tx.query(STATE_EVENTS, EventStore::event, room));
    }

    /// The same numbers, in the order in which their events became visible.
    public List<Long> inStreamOrder(long room, long[] numbers) {
        return database.read(tx -> tx.query(IN_STREAM_ORDER, row -> row.getLong(1), room, numbers));
    }

    /// What became visible in any room in `(from, to]`, for a node that did not write it.
    public List<StoredEvent> byPositions(long from, long to) {
        return database.read(tx -> tx.query(BY_POSITIONS, EventStore::event, from, to));
    }

    private static StoredEvent event(ResultSet row) throws SQLException {
        long room = row.getLong(1);
        long index = row.getLong(9);
        RoomOrder order = row.wasNull() ? null : new RoomOrder(row.getInt(8), index);
        Event event =
                Event.ofStored(
                        RoomVersion.of(row.getString(15)).orElseThrow(),
                        EventId.parse(row.getString(3)),
                        row.getBytes(14));
        return new StoredEvent(
                room,
                row.getLong(2),
                event,
                EventStatus.of(row.getInt(4)),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                order,
                row.getLong(11),
                row.getLong(12),
                row.getString(13),
                row.getLong(10));
    }
}
