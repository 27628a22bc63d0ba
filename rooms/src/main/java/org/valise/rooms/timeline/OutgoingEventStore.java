package org.valise.rooms.timeline;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.ServerName;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.Set;

/// The events that this server sends to other servers.
public final class OutgoingEventStore {
    private static final BulkInsert INSERT =
            new BulkInsert(
                    "outgoing",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO rooms.outgoing (position, room, event)
                    SELECT stream.last_position() - ? + ordinal, room, event
                    FROM unnest(?, ?, ?) AS row (ordinal, room, event)
                    """,
                    List.of(Column.INT, Column.LONG, Column.LONG));
    private static final BulkInsert INSERT_ALSO =
            new BulkInsert(
                    "outgoing also",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO rooms.outgoing_also (position, server)
                    SELECT stream.last_position() - ? + ordinal, server
                    FROM unnest(?, ?) AS row (ordinal, server)
                    """,
                    List.of(Column.INT, Column.TEXT));
    private static final String BETWEEN =
            "SELECT position FROM rooms.outgoing WHERE position > ? AND position <= ?";

    private static final String SERVERS =
            """
            SELECT DISTINCT server FROM rooms.server_members WHERE joined > 0
            UNION SELECT server FROM rooms.outgoing_also
            """;
    private static final String BEFORE_FIRST =
            """
            SELECT least((SELECT min(since) FROM rooms.server_members WHERE server = ?),
                         (SELECT min(position) FROM rooms.outgoing_also WHERE server = ?)) - 1
            """;

    /// Rooms with their newest outgoing event, in the order of these.
    private static final String ROOMS =
            """
            SELECT newest.room, newest.position FROM rooms.outgoing newest
            WHERE newest.position > ? AND newest.position <= ?
              AND NOT EXISTS (SELECT 1 FROM rooms.outgoing later
                              WHERE later.room = newest.room AND later.position > newest.position
                                AND later.position <= ?)
              AND EXISTS (SELECT 1 FROM rooms.server_members stay
                          WHERE stay.room = newest.room AND stay.server = ?
                            AND (stay.joined > 0 OR stay.until > ?))
            ORDER BY newest.position LIMIT ?
            """;

    /// Of some rooms, the newest that concern a server, and those that nothing follows.
    private static final String NEWEST =
            """
            WITH stay AS (
                SELECT room, greatest(?, since - 1) AS after,
                       CASE WHEN joined > 0 THEN ? ELSE least(?, until) END AS last
                FROM rooms.server_members WHERE server = ? AND room = ANY(?))
            SELECT found.position, found.room, found.event
            FROM stay CROSS JOIN LATERAL (
                SELECT * FROM rooms.outgoing o
                WHERE o.room = stay.room AND o.position > stay.after AND o.position <= stay.last
                ORDER BY o.position DESC LIMIT ?) AS found
            UNION
            SELECT o.position, o.room, o.event
            FROM stay
            CROSS JOIN LATERAL (SELECT extremities FROM rooms.head WHERE head.room = stay.room
                                ORDER BY version DESC LIMIT 1) AS head
            CROSS JOIN LATERAL unnest(head.extremities) AS extremity (number)
            JOIN rooms.event e ON e.room = stay.room AND e.number = extremity.number
            JOIN rooms.outgoing o ON o.position = e.position
            WHERE o.position > stay.after AND o.position <= stay.last
            ORDER BY position
            """;

    private static final String ALSO =
            """
            SELECT o.position, o.room, o.event
            FROM rooms.outgoing_also also JOIN rooms.outgoing o USING (position)
            WHERE also.server = ? AND also.position > ? AND also.position <= ?
            ORDER BY o.position LIMIT ?
            """;
    private static final String ALSO_TO =
            "SELECT server FROM rooms.outgoing_also WHERE position = ?";
    private static final String FORGET =
            """
            DELETE FROM rooms.outgoing old
            WHERE old.position <= ? AND EXISTS (
                SELECT 1 FROM rooms.outgoing later
                WHERE later.room = old.room AND later.position > old.position)
            """;
    private static final String FORGET_ALSO = "DELETE FROM rooms.outgoing_also WHERE position <= ?";

    private final Database database;

    public OutgoingEventStore(Database database) {
        this.database = database;
    }

    /// @param also servers that are not in the room
    public static void insert(
            CommitBatch batch, int ordinal, StoredEvent event, Collection<ServerName> also) {
        batch.add(INSERT, ordinal, event.room(), event.number());
        for (ServerName server : also) {
            batch.add(INSERT_ALSO, ordinal, server.value());
        }
    }

    /// An event that goes out, by its numbers.
    public record Outgoing(long position, long room, long event) {}

    /// The other servers that are in a room, or are to get an event although they are not.
    public Set<ServerName> servers() {
        return new HashSet<>(
                database.read(tx -> tx.query(SERVERS, row -> ServerName.parse(row.getString(1)))));
    }

    /// The position before the first thing that concerns a server; empty if nothing does.
    public OptionalLong beforeFirst(ServerName server) {
        return database.read(tx ->
                tx.only(
                        BEFORE_FIRST,
                        row -> {
                            long before = row.getLong(1);
                            return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(before);
                        },
                        server.value(),
                        server.value()));
    }

    /// The next rooms in which a server lacks something, in the order of the newest outgoing event
    /// of each, which is the value.
    ///
    /// @param from what it has got
    /// @param after rooms whose newest event is not later are left out
    /// @param upTo what is later is left out
    public SequencedMap<Long, Long> rooms(
            ServerName server, long from, long after, long upTo, int limit) {
        SequencedMap<Long, Long> rooms = new LinkedHashMap<>();
        return database.read(tx -> {
            tx.each(
                    ROOMS,
                    row -> rooms.put(row.getLong(1), row.getLong(2)),
                    after,
                    upTo,
                    upTo,
                    server.value(),
                    from,
                    limit);
            return rooms;
        });
    }

    /// What a server lacks of these rooms: the newest events that concern it, so many of each, and
    /// those that nothing follows.
    public List<Outgoing> newest(
            ServerName server, Collection<Long> rooms, long from, long upTo, int ofEach) {
        long[] wanted = rooms.stream().mapToLong(Long::longValue).toArray();
        return database.read(tx ->
                tx.query(
                        NEWEST,
                        OutgoingEventStore::outgoing,
                        from,
                        upTo,
                        upTo,
                        server.value(),
                        wanted,
                        ofEach));
    }

    /// What a server is to get of rooms that it is not in.
    public List<Outgoing> also(ServerName server, long from, long upTo, int limit) {
        return database.read(tx ->
                tx.query(ALSO, OutgoingEventStore::outgoing, server.value(), from, upTo, limit));
    }

    /// The servers that are to get an event although they are not in the room.
    public List<ServerName> alsoTo(long position) {
        return database.read(
                tx -> tx.query(ALSO_TO, row -> ServerName.parse(row.getString(1)), position));
    }

    private static Outgoing outgoing(ResultSet row) throws SQLException {
        return new Outgoing(row.getLong(1), row.getLong(2), row.getLong(3));
    }

    /// Deletes what is not after a position, but of each room the newest.
    public void forget(long upTo) {
        database.run(tx -> {
            tx.update(FORGET, upTo);
            tx.update(FORGET_ALSO, upTo);
        });
    }

    /// The positions of such events in `(from, to]`.
    public Set<Long> between(long from, long to) {
        return new HashSet<>(
                database.read(tx -> tx.query(BETWEEN, row -> row.getLong(1), from, to)));
    }
}
