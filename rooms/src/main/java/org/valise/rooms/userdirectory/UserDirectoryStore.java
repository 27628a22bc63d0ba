package org.valise.rooms.userdirectory;

import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.rooms.members.Membership;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// SQL of the user directory: words by which people are found, the rooms they are found in, and
/// which rooms are open to everybody.
final class UserDirectoryStore {
    /// After everything that begins as a word does.
    private static final String AFTER_ALL = Character.toString(Character.MAX_CODE_POINT);

    /// What a word in the database is: all of a name, or one word of it.
    private static final int WHOLE = 0;

    private static final int PART = 1;

    /// So many words of one person may begin alike.
    private static final int WORDS_EACH = 4;

    private static final String NAME = "user_directory";
    private static final String POSITION = "SELECT position FROM rooms.follower WHERE name = ?";
    private static final String ADVANCE =
            """
            INSERT INTO rooms.follower (name, position) VALUES (?, ?)
            ON CONFLICT (name) DO UPDATE SET position = greatest(follower.position, excluded.position)
            """;
    private static final String CHANGED_PLACES =
            """
            SELECT position, user_number, room FROM rooms.membership
            WHERE position > ? AND position <= ? ORDER BY position LIMIT ?
            """;
    private static final String CHANGED_NAMES =
            """
            SELECT position, user_number FROM accounts_read.change
            WHERE position > ? AND position <= ? AND (kind = 'profile' AND name = 'displayname' OR kind = 'deactivated')
            ORDER BY position LIMIT ?
            """;
    private static final String CHANGED_DOORS =
            """
            SELECT position, room FROM rooms.event
            WHERE position > ? AND position <= ? AND state_key = ANY (?) ORDER BY position LIMIT ?
            """;
    // What counts is the newest membership, whatever was read before.
    private static final String FORGET_PLACES =
            """
            DELETE FROM rooms.found_in USING unnest(?::bigint[], ?::bigint[]) AS changed (user_number, room)
            WHERE found_in.user_number = changed.user_number AND found_in.room = changed.room
            """;
    private static final String ADD_PLACES =
            """
            INSERT INTO rooms.found_in (user_number, room)
            SELECT user_number, room
            FROM (SELECT DISTINCT ON (membership.user_number, membership.room)
                         membership.user_number, membership.room, membership.membership
                  FROM rooms.membership
                  JOIN unnest(?::bigint[], ?::bigint[]) AS changed (user_number, room) USING (user_number, room)
                  ORDER BY membership.user_number, membership.room, membership.position DESC) AS newest
            WHERE newest.membership = ?
            ON CONFLICT DO NOTHING
            """;
    private static final String FORGET_WORDS =
            "DELETE FROM rooms.found_word WHERE user_number = ANY (?)";
    private static final String ADD_WORDS =
            """
            INSERT INTO rooms.found_word (part, word, user_number)
            SELECT * FROM unnest(?::int[], ?::text[], ?::bigint[]) ON CONFLICT DO NOTHING
            """;
    private static final String UNKNOWN =
            """
            SELECT wanted.number FROM unnest(?::bigint[]) AS wanted (number)
            WHERE NOT EXISTS (SELECT 1 FROM rooms.found_word WHERE found_word.user_number = wanted.number)
            """;
    private static final String OPEN =
            "INSERT INTO rooms.open_room (room) SELECT unnest(?::bigint[]) ON CONFLICT DO NOTHING";
    private static final String CLOSE = "DELETE FROM rooms.open_room WHERE room = ANY (?)";
    private static final String SEARCH =
            """
            SELECT word.user_number FROM rooms.found_word AS word
            WHERE word.part = ? AND word.word >= ? AND word.word < ? AND word.user_number <> ?
              AND EXISTS (
                  SELECT 1 FROM rooms.found_in AS theirs
                  WHERE theirs.user_number = word.user_number
                    AND (EXISTS (SELECT 1 FROM rooms.open_room WHERE open_room.room = theirs.room)
                         OR EXISTS (SELECT 1 FROM rooms.found_in AS own
                                    WHERE own.user_number = ? AND own.room = theirs.room)))
              AND NOT EXISTS (
                  SELECT 1 FROM unnest(?::text[], ?::text[]) AS further (low, high)
                  WHERE NOT EXISTS (
                      SELECT 1 FROM rooms.found_word AS also
                      WHERE also.user_number = word.user_number AND also.word >= further.low COLLATE "C"
                        AND also.word < further.high COLLATE "C"))
            ORDER BY word.word, word.user_number LIMIT ?
            """;
    // The same with everybody who has an account here, also if they are in no room.
    private static final String SEARCH_EVERYBODY =
            """
            SELECT word.user_number FROM rooms.found_word AS word
            JOIN accounts_read.account USING (user_number)
            WHERE word.part = ? AND word.word >= ? AND word.word < ? AND word.user_number <> ?
              AND account.deactivated_at IS NULL AND NOT account.guest
              AND NOT EXISTS (
                  SELECT 1 FROM unnest(?::text[], ?::text[]) AS further (low, high)
                  WHERE NOT EXISTS (
                      SELECT 1 FROM rooms.found_word AS also
                      WHERE also.user_number = word.user_number AND also.word >= further.low COLLATE "C"
                        AND also.word < further.high COLLATE "C"))
            ORDER BY word.word, word.user_number LIMIT ?
            """;
    private static final String BY_ID =
            """
            SELECT user_number.number FROM accounts_read.user_number
            JOIN accounts_read.account ON account.user_number = user_number.number
            WHERE user_number.user_id >= ? AND user_number.user_id < ? AND user_number.number <> ?
              AND account.deactivated_at IS NULL AND NOT account.guest
            ORDER BY user_number.user_id LIMIT ?
            """;

    private final Database database;

    UserDirectoryStore(Database database) {
        this.database = database;
    }

    /// A membership that a user got at a position.
    record Place(long position, long user, long room) {}

    /// Something that happened at a position to a user or a room.
    record Mark(long position, long number) {}

    long position() {
        return database.read(tx -> tx.one(POSITION, row -> row.getLong(1), NAME)).orElse(0L);
    }

    void advance(long position) {
        database.run(tx -> tx.update(ADVANCE, NAME, position));
    }

    List<Place> changedPlaces(long from, long to, int limit) {
        return database.read(tx ->
                tx.query(
                        CHANGED_PLACES,
                        row -> new Place(row.getLong(1), row.getLong(2), row.getLong(3)),
                        from,
                        to,
                        limit));
    }

    /// Users who changed their display names, or closed their accounts.
    List<Mark> changedNames(long from, long to, int limit) {
        return marks(CHANGED_NAMES, from, to, limit);
    }

    /// Rooms in which one of these pieces of state was sent.
    ///
    /// @param keys numbers of (type, state key)
    List<Mark> changedDoors(long from, long to, long[] keys, int limit) {
        return marks(CHANGED_DOORS, from, to, keys, limit);
    }

    private List<Mark> marks(String sql, Object... parameters) {
        return database.read(
                tx -> tx.query(sql, row -> new Mark(row.getLong(1), row.getLong(2)), parameters));
    }

    /// Makes what is stored of these users in these rooms what their newest membership says.
    void refreshPlaces(Collection<Place> places) {
        long[] users = places.stream().mapToLong(Place::user).toArray();
        long[] rooms = places.stream().mapToLong(Place::room).toArray();
        database.run(tx -> {
            tx.update(FORGET_PLACES, users, rooms);
            tx.update(ADD_PLACES, users, rooms, Membership.JOIN.code());
        });
    }

    /// Those of these users whom nobody finds yet.
    List<Long> unknown(Collection<Long> users) {
        return database.read(tx -> tx.query(UNKNOWN, row -> row.getLong(1), (Object) array(users)));
    }

    void putWords(Map<Long, SearchWords> words) {
        var rows = new ArrayList<Row>();
        words.forEach((user, found) -> {
            found.whole().forEach(word -> rows.add(new Row(WHOLE, word, user)));
            found.parts().forEach(word -> rows.add(new Row(PART, word, user)));
        });
        int[] parts = rows.stream().mapToInt(Row::part).toArray();
        String[] texts = rows.stream().map(Row::word).toArray(String[]::new);
        long[] users = rows.stream().mapToLong(Row::user).toArray();
        database.run(tx -> {
            tx.update(FORGET_WORDS, (Object) array(words.keySet()));
            tx.update(ADD_WORDS, parts, texts, users);
        });
    }

    private record Row(int part, String word, long user) {}

    void setOpen(Collection<Long> open, Collection<Long> closed) {
        database.run(tx -> {
            tx.update(OPEN, (Object) array(open));
            tx.update(CLOSE, (Object) array(closed));
        });
    }

    /// The users that a search finds, the best first, each once.
    ///
    /// @param term the beginning of a user id or of a whole display name
    /// @param words the beginnings of words, which all must be there
    /// @param everybody whether also whom the searcher shares no room with
    List<Long> search(
            long searcher, String term, List<String> words, boolean everybody, int limit) {
        var found = new LinkedHashSet<Long>();
        database.run(tx -> {
            found.addAll(matching(tx, searcher, WHOLE, term, List.of(), everybody, limit));
            if (everybody && found.size() < limit) {
                String id = "@" + term;
                found.addAll(
                        tx.query(
                                BY_ID, row -> row.getLong(1), id, id + AFTER_ALL, searcher, limit));
            }
            if (found.size() < limit && !words.isEmpty()) {
                found.addAll(
                        matching(
                                tx,
                                searcher,
                                PART,
                                words.getFirst(),
                                words.subList(1, words.size()),
                                everybody,
                                limit));
            }
        });
        return found.stream().limit(limit).toList();
    }

    private static List<Long> matching(
            Tx tx,
            long searcher,
            int part,
            String word,
            List<String> further,
            boolean everybody,
            int limit) {
        String[] low = further.toArray(String[]::new);
        String[] high = further.stream().map(each -> each + AFTER_ALL).toArray(String[]::new);
        String above = word + AFTER_ALL;
        int fetched = limit * WORDS_EACH;
        return everybody
                ? tx.query(
                        SEARCH_EVERYBODY,
                        row -> row.getLong(1),
                        part,
                        word,
                        above,
                        searcher,
                        low,
                        high,
                        fetched)
                : tx.query(
                        SEARCH,
                        row -> row.getLong(1),
                        part,
                        word,
                        above,
                        searcher,
                        searcher,
                        low,
                        high,
                        fetched);
    }

    private static long[] array(Collection<Long> numbers) {
        return new HashSet<>(numbers).stream().mapToLong(Long::longValue).toArray();
    }
}
