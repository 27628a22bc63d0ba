package org.valise.rooms.directory;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rooms in this server's directory, with what it shows of them.
public final class PublishedRoomStore {
    private static final String HAS = "SELECT 1 FROM rooms.published WHERE room = ?";
    private static final String ADD =
            "INSERT INTO rooms.published (room) VALUES (?) ON CONFLICT DO NOTHING";
    private static final String REMOVE = "DELETE FROM rooms.published WHERE room = ?";
    private static final String AMONG = "SELECT room FROM rooms.published WHERE room = ANY(?)";

    /// Rooms whose state changed since what is shown of them was made.
    private static final String OUTDATED =
            """
            SELECT room FROM rooms.published p WHERE EXISTS (
                SELECT 1 FROM rooms.current_state s
                WHERE s.room = p.room AND s.position > p.position)
            """;

    private static final String SHOW =
            """
            UPDATE rooms.published
            SET joined = ?, entry = ?, search = ?, grams = ?, room_type = ?, position = ?
            WHERE room = ? AND position <= ?
            """;
    private static final String COUNT = "SELECT count(*) FROM rooms.published WHERE joined > 0";
    private static final String MATCHING =
            """
            SELECT room, joined, entry FROM rooms.published
            WHERE joined > 0 AND (? OR room_type = ANY(?) OR ? AND room_type IS NULL)
              AND (? = '' OR strpos(search, ?) > 0)
            """;

    /// Found through the index of pieces, in no order: for terms that few rooms hold.
    private static final String HOLDING =
            """
            SELECT room, joined FROM rooms.published
            WHERE grams @> ? AND strpos(search, ?) > 0
              AND joined > 0 AND (? OR room_type = ANY(?) OR ? AND room_type IS NULL)
            LIMIT ?
            """;

    private static final String ENTRIES =
            "SELECT room, joined, entry FROM rooms.published WHERE room = ANY (?)";
    private static final String AFTER =
            MATCHING
                    + """
                      AND (joined < ? OR joined = ? AND room > ?)
                    ORDER BY joined DESC, room LIMIT ?
                    """;
    private static final String BEFORE =
            MATCHING
                    + """
                      AND (joined > ? OR joined = ? AND room < ?)
                    ORDER BY joined, room DESC LIMIT ?
                    """;

    /// Row: room.
    public static final BulkInsert INSERT =
            new BulkInsert(
                    "published",
                    Phase.ORDERED,
                    false,
                    "INSERT INTO rooms.published (room) SELECT * FROM unnest(?)",
                    List.of(Column.LONG));

    /// So many rooms are worth putting in order.
    private static final int MANY = 2_000;

    private final Database database;

    public PublishedRoomStore(Database database) {
        this.database = database;
    }

    boolean has(long room) {
        return database.read(tx -> tx.exists(HAS, room));
    }

    void add(long room) {
        database.run(tx -> tx.update(ADD, room));
    }

    void remove(long room) {
        database.run(tx -> tx.update(REMOVE, room));
    }

    /// Which of these rooms are published.
    List<Long> among(long[] rooms) {
        return database.read(tx -> tx.query(AMONG, row -> row.getLong(1), rooms));
    }

    List<Long> outdated() {
        return database.read(tx -> tx.query(OUTDATED, row -> row.getLong(1)));
    }

    /// Sets what is shown of a published room, unless something newer is.
    void show(long room, PublishedRoom shown, long position) {
        database.run(tx ->
                tx.update(
                        SHOW,
                        shown.joined(),
                        shown.entry().toString(),
                        shown.searchText(),
                        Grams.of(shown.searchText()),
                        shown.roomType(),
                        position,
                        room,
                        position));
    }

    long count() {
        return database.read(tx -> tx.only(COUNT, row -> row.getLong(1)));
    }

    /// The rooms after a place: by size, the largest first.
    List<Listed> after(DirectorySearch search, DirectoryPlace place, int limit) {
        return page(search, place, true, limit);
    }

    /// The rooms before a place, the nearest first.
    List<Listed> before(DirectorySearch search, DirectoryPlace place, int limit) {
        return page(search, place, false, limit);
    }

    /// Rooms that hold a rare term are found by its pieces, then put in order; what many rooms hold
    /// is soon found by going through them in order.
    private List<Listed> page(
            DirectorySearch search, DirectoryPlace place, boolean onwards, int limit) {
        String[] grams = Grams.of(search.term());
        if (grams.length > 0) {
            List<DirectoryPlace> holding = holding(search, grams);
            if (holding.size() <= MANY) {
                Comparator<DirectoryPlace> order =
                        onwards ? DirectoryPlace.ORDER : DirectoryPlace.ORDER.reversed();
                return entries(
                        holding.stream()
                                .filter(each -> order.compare(each, place) > 0)
                                .sorted(order)
                                .limit(limit)
                                .toList());
            }
        }
        return page(onwards ? AFTER : BEFORE, search, place, limit);
    }

    private List<DirectoryPlace> holding(DirectorySearch search, String[] grams) {
        return database.read(tx ->
                tx.query(
                        HOLDING,
                        row -> new DirectoryPlace(row.getInt(2), row.getLong(1)),
                        grams,
                        search.term(),
                        search.anyType(),
                        search.types(),
                        search.untyped(),
                        MANY + 1));
    }

    private List<Listed> entries(List<DirectoryPlace> places) {
        long[] rooms = places.stream().mapToLong(DirectoryPlace::room).toArray();
        Map<Long, Listed> found = new HashMap<>();
        database.read(tx -> tx.query(ENTRIES, PublishedRoomStore::listed, rooms))
                .forEach(listed -> found.put(listed.place().room(), listed));
        return places.stream()
                .flatMap(place -> Optional.ofNullable(found.get(place.room())).stream())
                .toList();
    }

    private List<Listed> page(String sql, DirectorySearch search, DirectoryPlace place, int limit) {
        return database.read(tx ->
                tx.query(
                        sql,
                        PublishedRoomStore::listed,
                        search.anyType(),
                        search.types(),
                        search.untyped(),
                        search.term(),
                        search.term(),
                        place.joined(),
                        place.joined(),
                        place.room(),
                        limit));
    }

    private static Listed listed(ResultSet row) throws SQLException {
        return new Listed(new DirectoryPlace(row.getInt(2), row.getLong(1)), row.getString(3));
    }

    /// A room of a page.
    ///
    /// @param entry what is shown of it, as JSON
    record Listed(DirectoryPlace place, String entry) {}
}
