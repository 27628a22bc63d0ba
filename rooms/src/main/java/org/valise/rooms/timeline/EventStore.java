package org.valise.rooms.timeline;

import org.valise.platform.database.Database;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The table of events, as it is read. It is written by [EventWriteStore].
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

    private static final String STATE_ENTRIES =
            """
            SELECT event_id, room, number, status, coalesce(state_key, 0) FROM rooms.event
            WHERE event_id = ANY(?)
            """;

    private final Database database;

    public EventStore(Database database) {
        this.database = database;
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
