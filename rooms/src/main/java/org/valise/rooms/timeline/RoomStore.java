package org.valise.rooms.timeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.roomversion.RoomVersion;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rooms known here. A settled room's row never changes.
public final class RoomStore {
    private static final String BY_ID =
            "SELECT number, room_id, version, settled FROM rooms.room WHERE room_id = ?";
    private static final String BY_IDS =
            "SELECT number, room_id, version, settled FROM rooms.room WHERE room_id = ANY (?)";
    private static final String BY_NUMBER =
            "SELECT number, room_id, version, settled FROM rooms.room WHERE number = ?";

    private static final String BY_NUMBERS =
            "SELECT number, room_id, version, settled FROM rooms.room WHERE number = ANY(?)";

    /// Row: number, room id, version.
    public static final BulkInsert INSERT =
            new BulkInsert(
                    "room",
                    Phase.ORDERED,
                    false,
                    """
                    INSERT INTO rooms.room (number, room_id, version) SELECT * FROM unnest(?, ?, ?)
                    """,
                    List.of(Column.LONG, Column.TEXT, Column.TEXT));

    /// Of a room that replaces another one. Row: number, the other one's id.
    public static final BulkInsert REPLACEMENT =
            new BulkInsert(
                    "replacement",
                    Phase.ORDERED,
                    false,
                    """
                    INSERT INTO rooms.replacement (room, predecessor) SELECT * FROM unnest(?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                    List.of(Column.LONG, Column.TEXT));

    private static final String INTRODUCE =
            """
            INSERT INTO rooms.room (number, room_id, version) VALUES (?, ?, ?)
            ON CONFLICT (room_id) DO UPDATE SET version = excluded.version, settled = true
            WHERE NOT room.settled
            """;
    private static final String MEET =
            """
            INSERT INTO rooms.room (number, room_id, version, settled) VALUES (?, ?, ?, false)
            ON CONFLICT (room_id) DO NOTHING
            """;

    /// How long an unsettled room's version may be another one.
    private static final Duration UNSETTLED = Duration.ofSeconds(10);

    private final Database database;
    private final NumberBlock numbers;
    private final Cache<RoomId, RoomRef> byId = Caffeine.newBuilder().maximumSize(50_000).build();
    private final Cache<Long, RoomRef> byNumber = Caffeine.newBuilder().maximumSize(50_000).build();

    /// Whoever only wants to show them need not ask for each.
    private final Cache<Long, RoomRef> unsettled =
            Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(UNSETTLED).build();

    public RoomStore(Database database) {
        this.database = database;
        this.numbers = new SequenceStore(database).rooms();
    }

    public long newNumber() {
        return numbers.take();
    }

    public Optional<RoomRef> find(RoomId id) {
        RoomRef known = byId.getIfPresent(id);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Row> found = database.read(tx -> tx.one(BY_ID, RoomStore::room, id.value()));
        found.ifPresent(this::remember);
        return found.map(Row::room);
    }

    /// Those of the rooms that are known here, in at most one query.
    public Map<RoomId, RoomRef> find(Collection<RoomId> ids) {
        Map<RoomId, RoomRef> found = new HashMap<>(byId.getAllPresent(ids));
        String[] unknown =
                ids.stream()
                        .filter(id -> !found.containsKey(id))
                        .map(RoomId::value)
                        .distinct()
                        .toArray(String[]::new);
        if (unknown.length > 0) {
            for (Row row :
                    database.read(tx -> tx.query(BY_IDS, RoomStore::room, (Object) unknown))) {
                remember(row);
                found.put(row.room().id(), row.room());
            }
        }
        return found;
    }

    public RoomRef get(long number) {
        RoomRef known = inMemory(number);
        if (known != null) {
            return known;
        }
        Row found =
                database.read(tx -> tx.one(BY_NUMBER, RoomStore::room, number))
                        .orElseThrow(() -> new IllegalStateException("there is no room " + number));
        remember(found);
        return found.room();
    }

    /// Takes rooms into memory, in at most one query.
    public void warm(Collection<Long> numbers) {
        long[] unknown =
                numbers.stream()
                        .filter(number -> inMemory(number) == null)
                        .mapToLong(Long::longValue)
                        .toArray();
        if (unknown.length > 0) {
            database.read(tx -> tx.query(BY_NUMBERS, RoomStore::room, (Object) unknown))
                    .forEach(this::remember);
        }
    }

    /// The room that a room replaces, as its create event says.
    public static Optional<RoomId> predecessor(Event create) {
        return create.content()
                .object("predecessor")
                .flatMap(predecessor -> predecessor.string("room_id"))
                .filter(id -> id.indexOf('\0') < 0)
                .flatMap(RoomId::tryParse);
    }

    /// A room of other servers, known from now on. Nobody is in it here before an event is
    /// admitted.
    ///
    /// @param version as its create event says: it stays so
    public RoomRef introduce(RoomId id, RoomVersion version) {
        RoomRef known = byId.getIfPresent(id);
        if (known != null) {
            return known;
        }
        long number = newNumber();
        database.read(tx -> tx.update(INTRODUCE, number, id.value(), version.id()));
        return find(id).orElseThrow();
    }

    /// A room of which this server has only heard.
    ///
    /// SECURITY: nobody has proven its version, so whoever is let into the room [#introduce]s it
    /// with the true one.
    public RoomRef meet(RoomId id, RoomVersion version) {
        return find(id).orElseGet(() -> {
            long number = newNumber();
            database.read(tx -> tx.update(MEET, number, id.value(), version.id()));
            return find(id).orElseThrow();
        });
    }

    private @Nullable RoomRef inMemory(long number) {
        RoomRef known = byNumber.getIfPresent(number);
        return known != null ? known : unsettled.getIfPresent(number);
    }

    private void remember(Row row) {
        RoomRef room = row.room();
        if (row.settled()) {
            byId.put(room.id(), room);
            byNumber.put(room.number(), room);
        } else {
            unsettled.put(room.number(), room);
        }
    }

    private record Row(RoomRef room, boolean settled) {}

    private static Row room(ResultSet row) throws SQLException {
        String version = row.getString(3);
        RoomRef room =
                new RoomRef(
                        row.getLong(1),
                        RoomId.parse(row.getString(2)),
                        RoomVersion.of(version)
                                .orElseThrow(() ->
                                        new IllegalStateException("unknown version " + version)));
        return new Row(room, row.getBoolean(4));
    }
}
