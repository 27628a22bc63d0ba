package org.valise.rooms.members;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.RoomId;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Every membership that a local user has had.
public final class MembershipStore {
    private static final String NEWEST =
            """
            SELECT DISTINCT ON (room) room, position, membership, event FROM rooms.membership
            WHERE user_number = ? AND position <= ? ORDER BY room, position DESC
            """;
    private static final String NEWEST_IN =
            """
            SELECT DISTINCT ON (room) room, position, membership, event FROM rooms.membership
            WHERE user_number = ? AND room = ANY(?) AND position <= ?
            ORDER BY room, position DESC
            """;
    private static final String HISTORIES =
            """
            SELECT room, position, membership, event FROM rooms.membership
            WHERE user_number = ? AND room = ANY(?) AND position <= ? ORDER BY room, position
            """;
    private static final String CHANGES =
            """
            SELECT room, position, membership, event FROM rooms.membership
            WHERE user_number = ? AND position > ? AND position <= ? ORDER BY position
            """;
    private static final String OF_ROOM =
            """
            SELECT room, position, membership, event FROM rooms.membership
            WHERE user_number = ? AND room = ? AND position <= ? ORDER BY position DESC LIMIT 1
            """;
    private static final String OF_ROOMS =
            """
            SELECT DISTINCT ON (room) room, position, membership, event FROM rooms.membership
            WHERE user_number = ? AND room = ANY (?) AND position <= ?
            ORDER BY room, position DESC
            """;
    private static final String HISTORY =
            """
            SELECT room, position, membership, event FROM rooms.membership
            WHERE user_number = ? AND room = ? ORDER BY position
            """;
    private static final String MUTUAL =
            """
            WITH newest AS (
                SELECT DISTINCT ON (user_number, room) user_number, room, membership
                FROM rooms.membership
                WHERE user_number IN (?, ?) AND position <= ?
                ORDER BY user_number, room, position DESC)
            SELECT r.number, r.room_id
            FROM newest a JOIN newest b USING (room) JOIN rooms.room r ON r.number = a.room
            WHERE a.user_number = ? AND b.user_number = ? AND a.membership = 3 AND b.membership = 3
            ORDER BY r.number
            """;
    private static final String LOCAL_MEMBERS =
            """
            SELECT user_number FROM (
                SELECT DISTINCT ON (user_number) user_number, membership FROM rooms.membership
                WHERE room = ? AND position <= ? ORDER BY user_number, position DESC) newest
            WHERE membership = ?
            """;
    private static final String JOINED_ROOMS =
            """
            SELECT user_number, room FROM (
                SELECT DISTINCT ON (user_number, room) user_number, room, membership FROM rooms.membership
                WHERE user_number = ANY(?) AND position <= ? ORDER BY user_number, room, position DESC) newest
            WHERE membership = ?
            """;

    /// Whether two local users are in a room together.
    private static final String SHARE =
            """
            SELECT 1 FROM (
                SELECT DISTINCT ON (room) room, membership FROM rooms.membership
                WHERE user_number = ? ORDER BY room, position DESC) mine
            WHERE mine.membership = ? AND (
                SELECT theirs.membership FROM rooms.membership theirs
                WHERE theirs.user_number = ? AND theirs.room = mine.room
                ORDER BY theirs.position DESC LIMIT 1) = ?
            LIMIT 1
            """;

    /// Those who are in one of some rooms.
    private static final String COMPANIONS =
            """
            SELECT DISTINCT user_number FROM (
                SELECT DISTINCT ON (room, user_number) user_number, membership
                FROM rooms.membership WHERE room = ANY(?) AND position <= ?
                ORDER BY room, user_number, position DESC) newest
            WHERE membership = ?
            """;

    private static final String BETWEEN =
            """
            SELECT position, user_number, room, membership, event FROM rooms.membership
            WHERE position > ? AND position <= ?
            """;

    /// Those whose newest membership is known from outside only.
    private static final String OUTSIDE =
            """
            SELECT user_number FROM (
                SELECT DISTINCT ON (user_number) user_number, event FROM rooms.membership
                WHERE room = ? ORDER BY user_number, position DESC) newest
            WHERE event < 0
            """;

    /// A join that comes after a join is a changed profile.
    private static final String JOINS =
            """
            SELECT position, user_number, room FROM rooms.membership AS came
            WHERE position > ? AND position <= ? AND membership = ? AND membership IS DISTINCT FROM (
                SELECT membership FROM rooms.membership AS before
                WHERE before.user_number = came.user_number AND before.room = came.room
                  AND before.position < came.position
                ORDER BY before.position DESC LIMIT 1)
            ORDER BY position LIMIT ?
            """;

    private static final String FORGET =
            """
            INSERT INTO rooms.forgotten (user_number, room, position) VALUES (?, ?, ?)
            ON CONFLICT (user_number, room) DO UPDATE SET position = excluded.position
            """;
    private static final String FORGOTTEN_ROOM =
            "SELECT room, position FROM rooms.forgotten WHERE user_number = ? AND room = ?";
    private static final String FORGOTTEN =
            "SELECT room, position FROM rooms.forgotten WHERE user_number = ?";

    /// Row: ordinal, user, room, membership, event.
    private static final BulkInsert INSERT =
            new BulkInsert(
                    "membership",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO rooms.membership (position, user_number, room, membership, event)
                    SELECT stream.last_position() - ? + ordinal, user_number, room, membership, event
                    FROM unnest(?, ?, ?, ?, ?) AS row (ordinal, user_number, room, membership, event)
                    """,
                    List.of(Column.INT, Column.LONG, Column.LONG, Column.INT, Column.LONG));

    /// Row: user. Gives back the users and the rooms that each is in.
    private static final BulkInsert JOINED_ROOMS_NOW =
            new BulkInsert(
                    "joined rooms",
                    Phase.ORDERED,
                    false,
                    """
                    SELECT user_number, room FROM (
                        SELECT DISTINCT ON (user_number, room) user_number, room, membership FROM rooms.membership
                        WHERE user_number = ANY(?) ORDER BY user_number, room, position DESC) newest
                    WHERE membership = %d
                    """
                            .formatted(Membership.JOIN.code()),
                    List.of(Column.LONG));

    private final Database database;

    public MembershipStore(Database database) {
        this.database = database;
    }

    public static void insert(
            CommitBatch batch,
            int ordinal,
            long user,
            long room,
            Membership membership,
            long event) {
        batch.add(INSERT, ordinal, user, room, membership.code(), event);
    }

    /// Asks, in an ordered commit, for the rooms that a local user is in at that moment.
    public static void joinedRooms(CommitBatch batch, long user, Consumer<Long> room) {
        batch.add(JOINED_ROOMS_NOW, user);
        batch.takeRows(JOINED_ROOMS_NOW, user, row -> room.accept(row.getLong(2)));
    }

    /// The newest membership in each room the user ever had to do with, as of a position.
    public List<UserMembership> newest(long user, long asOf) {
        return database.read(tx -> tx.query(NEWEST, MembershipStore::row, user, asOf));
    }

    /// The newest membership in each of these rooms, as of a position.
    public List<UserMembership> newestIn(long user, Collection<Long> rooms, long asOf) {
        return inRooms(NEWEST_IN, user, rooms, asOf);
    }

    /// All memberships in these rooms up to a position, those of one room in order.
    public List<UserMembership> histories(long user, Collection<Long> rooms, long asOf) {
        return inRooms(HISTORIES, user, rooms, asOf);
    }

    private List<UserMembership> inRooms(String sql, long user, Collection<Long> rooms, long asOf) {
        long[] numbers = rooms.stream().mapToLong(Long::longValue).toArray();
        return database.read(tx -> tx.query(sql, MembershipStore::row, user, numbers, asOf));
    }

    /// What changed in `(from, to]`, in order.
    public List<UserMembership> changes(long user, long from, long to) {
        return database.read(tx -> tx.query(CHANGES, MembershipStore::row, user, from, to));
    }

    public Optional<UserMembership> of(long user, long room, long asOf) {
        return database.read(tx -> tx.one(OF_ROOM, MembershipStore::row, user, room, asOf));
    }

    /// The newest membership in each of these rooms, as of a position, by room.
    public Map<Long, Membership> of(long user, Collection<Long> rooms, long asOf) {
        long[] numbers = rooms.stream().mapToLong(Long::longValue).toArray();
        Map<Long, Membership> found = new HashMap<>();
        if (numbers.length > 0) {
            database.read(tx -> tx.query(OF_ROOMS, MembershipStore::row, user, numbers, asOf))
                    .forEach(each -> found.put(each.room(), each.membership()));
        }
        return found;
    }

    /// All memberships the user has had in a room, in order.
    public List<UserMembership> history(long user, long room) {
        return database.read(tx -> tx.query(HISTORY, MembershipStore::row, user, room));
    }

    /// The rooms that two local users are both in, by their numbers.
    public SortedMap<Long, RoomId> mutual(long one, long other, long asOf) {
        SortedMap<Long, RoomId> mutual = new TreeMap<>();
        database.run(tx ->
                tx.each(
                        MUTUAL,
                        row -> mutual.put(row.getLong(1), RoomId.parse(row.getString(2))),
                        one,
                        other,
                        asOf,
                        one,
                        other));
        return mutual;
    }

    /// The local users with this membership in a room.
    public List<Long> localMembers(long room, Membership membership, long asOf) {
        return database.read(tx ->
                tx.query(LOCAL_MEMBERS, row -> row.getLong(1), room, asOf, membership.code()));
    }

    /// The rooms that each of these local users is in, as of a position.
    public Map<Long, List<Long>> joinedRooms(Collection<Long> users, long asOf) {
        Map<Long, List<Long>> rooms = new HashMap<>();
        long[] wanted = users.stream().mapToLong(Long::longValue).toArray();
        return database.read(tx -> {
            tx.each(
                    JOINED_ROOMS,
                    row ->
                            rooms.computeIfAbsent(row.getLong(1), any -> new ArrayList<>())
                                    .add(row.getLong(2)),
                    wanted,
                    asOf,
                    Membership.JOIN.code());
            return rooms;
        });
    }

    /// Whether two local users are in a room together.
    public boolean share(long user, long other) {
        int join = Membership.JOIN.code();
        return database.read(tx -> tx.exists(SHARE, user, join, other, join));
    }

    /// The local users who are in one of these rooms.
    public List<Long> companions(Collection<Long> rooms, long asOf) {
        long[] numbers = rooms.stream().mapToLong(Long::longValue).toArray();
        return database.read(tx ->
                tx.query(COMPANIONS, row -> row.getLong(1), numbers, asOf, Membership.JOIN.code()));
    }

    /// What changed for any local user in `(from, to]`, in any order.
    public List<LocalMembership> between(long from, long to) {
        return database.read(tx ->
                tx.query(
                        BETWEEN,
                        row ->
                                new LocalMembership(
                                        row.getLong(1),
                                        row.getLong(2),
                                        row.getLong(3),
                                        Membership.of(row.getInt(4)),
                                        row.getLong(5)),
                        from,
                        to));
    }

    /// The local users who have to do with a room only by an invitation or a knock from when this
    /// server was not in it.
    public List<Long> outside(long room) {
        return database.read(tx -> tx.query(OUTSIDE, row -> row.getLong(1), room));
    }

    /// The next local users who came into a room in `(from, to]`, in order.
    public List<Joined> joins(long from, long to, int limit) {
        return database.read(tx ->
                tx.query(
                        JOINS,
                        row -> new Joined(row.getLong(1), row.getLong(2), row.getLong(3)),
                        from,
                        to,
                        Membership.JOIN.code(),
                        limit));
    }

    public void forget(long user, long room, long position) {
        database.read(tx -> tx.update(FORGET, user, room, position));
    }

    /// Rooms the user has forgotten, each as of a position: void once a later membership exists.
    public List<Forgotten> forgotten(long user) {
        return database.read(tx ->
                tx.query(FORGOTTEN, row -> new Forgotten(row.getLong(1), row.getLong(2)), user));
    }

    /// The same for one room.
    public Optional<Forgotten> forgotten(long user, long room) {
        return database.read(tx ->
                tx.one(
                        FORGOTTEN_ROOM,
                        row -> new Forgotten(row.getLong(1), row.getLong(2)),
                        user,
                        room));
    }

    private static UserMembership row(ResultSet row) throws SQLException {
        return new UserMembership(
                row.getLong(1), row.getLong(2), Membership.of(row.getInt(3)), row.getLong(4));
    }

    /// A membership of one user in a room, since a position.
    ///
    /// @param event the number of the member event; 0 if state resolution took it away, negative
    ///   for an [OutsideMember]
    public record UserMembership(long room, long position, Membership membership, long event) {
        /// Whether it is one in a room in which this server was not.
        public boolean isOutside() {
            return event < 0;
        }
    }

    /// A membership that a local user got at a position.
    public record LocalMembership(
            long position, long user, long room, Membership membership, long event) {}

    /// A local user who came into a room at a position.
    public record Joined(long position, long user, long room) {}

    /// A room that a user has forgotten.
    public record Forgotten(long room, long position) {}
}
