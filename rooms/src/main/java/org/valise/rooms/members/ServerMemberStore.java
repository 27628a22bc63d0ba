package org.valise.rooms.members;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.ServerName;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How many members of each other server are in a room.
public final class ServerMemberStore {
    /// Row: ordinal, room, server, how many more of its members are joined.
    ///
    /// Of what happens within one batch only the result counts, and both ends of it.
    private static final BulkInsert CHANGE =
            new BulkInsert(
                    "server members",
                    Phase.CHANGES,
                    true,
                    """
                    INSERT INTO rooms.server_members AS known (room, server, joined, since, until)
                    SELECT room, server, sum(joined), min(position),
                           CASE WHEN sum(joined) <= 0 THEN max(position) END
                    FROM (SELECT stream.last_position() - ? + ordinal AS position, room, server, joined
                          FROM unnest(?, ?, ?, ?) AS row (ordinal, room, server, joined)) AS change
                    GROUP BY room, server
                    ON CONFLICT (room, server) DO UPDATE
                    SET joined = known.joined + excluded.joined,
                        since = CASE WHEN known.joined > 0 THEN known.since ELSE excluded.since END,
                        until = CASE WHEN known.joined + excluded.joined <= 0 THEN excluded.until END
                    """,
                    List.of(Column.INT, Column.LONG, Column.TEXT, Column.INT));

    private static final String OF_ROOMS =
            """
            SELECT wanted.room, stream.last_position(), head.snapshot, head.joined - head.elsewhere,
                   known.server, known.joined, known.since, known.until
            FROM unnest(?) AS wanted (room)
            CROSS JOIN LATERAL (
                SELECT snapshot, joined, elsewhere FROM rooms.head
                WHERE head.room = wanted.room ORDER BY version DESC LIMIT 1) AS head
            LEFT JOIN rooms.server_members known ON known.room = wanted.room
            """;
    private static final String ROOMS_OF =
            "SELECT room FROM rooms.server_members WHERE server = ? AND joined > 0 ORDER BY room";

    private final Database database;

    public ServerMemberStore(Database database) {
        this.database = database;
    }

    public static void change(
            CommitBatch batch, int ordinal, long room, Map<ServerName, Integer> more) {
        more.forEach((server, joined) -> batch.add(CHANGE, ordinal, room, server.value(), joined));
    }

    /// A server that is or was in a room.
    ///
    /// @param joined how many members it has there
    /// @param since the position at which its first one came
    /// @param until the position at which its last one left; meaningless while it has any
    public record Stay(int joined, long since, long until) {
        public boolean isIn() {
            return joined > 0;
        }

        /// Whether it was in the room before or after what happened at a position.
        public boolean covers(long position) {
            return since <= position && (isIn() || position <= until);
        }
    }

    /// @param position the last position that any node had committed
    /// @param snapshot the room's state then
    /// @param here how many members are this server's
    public record RoomStays(
            long position, long snapshot, int here, Map<ServerName, Stay> elsewhere) {}

    /// By room; without those of which nothing but outliers is known.
    public Map<Long, RoomStays> of(Collection<Long> rooms) {
        long[] wanted = rooms.stream().mapToLong(Long::longValue).toArray();
        Map<Long, RoomStays> found = new HashMap<>();
        database.read(tx -> {
            tx.each(OF_ROOMS, row -> add(found, row), wanted);
            return found;
        });
        return found;
    }

    private static void add(Map<Long, RoomStays> found, ResultSet row) throws SQLException {
        RoomStays room = found.get(row.getLong(1));
        if (room == null) {
            room = new RoomStays(row.getLong(2), row.getLong(3), row.getInt(4), new HashMap<>());
            found.put(row.getLong(1), room);
        }
        @Nullable String server = row.getString(5);
        if (server != null) {
            room.elsewhere()
                    .put(
                            ServerName.parse(server),
                            new Stay(row.getInt(6), row.getLong(7), row.getLong(8)));
        }
    }

    /// The rooms that another server is in.
    public List<Long> roomsOf(ServerName server) {
        return database.read(tx -> tx.query(ROOMS_OF, row -> row.getLong(1), server.value()));
    }
}
