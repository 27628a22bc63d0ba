package org.valise.rooms.lane;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.rooms.lane.Head.Extremity;
import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;

import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// The rows that fence a room's writers.
final class HeadStore {
    private static final String NEWEST =
            """
            SELECT version, extremities, snapshot, joined, invited, elsewhere, segment, next_index
            FROM rooms.head
            WHERE room = ? ORDER BY version DESC LIMIT 1
            """;
    private static final String PRUNE =
            """
            DELETE FROM rooms.head old
            USING (SELECT room, max(version) AS newest FROM rooms.head
                   GROUP BY room HAVING count(*) > 1) kept
            WHERE old.room = kept.room AND old.version < kept.newest
            """;
    private static final String PRUNE_TRANSACTIONS =
            "DELETE FROM rooms.sent_transaction WHERE at < now() - make_interval(hours => ?)";

    /// The constraint that a lost race breaks.
    static final String FENCE = "head_pkey";

    /// Row: room, version, extremities as array text, snapshot, joined, invited, elsewhere,
    /// segment, next index.
    private static final BulkInsert INSERT =
            new BulkInsert(
                    "head",
                    Phase.FENCE,
                    false,
                    """
                    INSERT INTO rooms.head (room, version, extremities, snapshot, joined, invited,
                        elsewhere, segment, next_index)
                    SELECT room, version, extremities::bigint[], snapshot, joined, invited, elsewhere,
                        segment, next_index
                    FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?)
                        AS row (room, version, extremities, snapshot, joined, invited,
                                elsewhere, segment, next_index)
                    """,
                    List.of(
                            Column.LONG,
                            Column.LONG,
                            Column.TEXT,
                            Column.LONG,
                            Column.INT,
                            Column.INT,
                            Column.INT,
                            Column.INT,
                            Column.LONG));

    private final Database database;
    private final Events events;
    private final StateStore states;

    HeadStore(Database database, Events events, StateStore states) {
        this.database = database;
        this.events = events;
        this.states = states;
    }

    static void insert(CommitBatch batch, long room, Head head) {
        String extremities =
                head.extremities().stream()
                        .map(extremity -> Long.toString(extremity.number()))
                        .collect(Collectors.joining(",", "{", "}"));
        batch.add(
                INSERT,
                room,
                head.version(),
                extremities,
                head.current().number(),
                head.members().joined(),
                head.members().invited(),
                head.elsewhere(),
                head.segment(),
                head.nextIndex());
    }

    Head load(long room) {
        Row row =
                database.read(tx ->
                                tx.one(
                                        NEWEST,
                                        found ->
                                                new Row(
                                                        found.getLong(1),
                                                        numbers(found.getArray(2)),
                                                        found.getLong(3),
                                                        new MemberCounts(
                                                                found.getInt(4), found.getInt(5)),
                                                        found.getInt(6),
                                                        found.getInt(7),
                                                        found.getLong(8)),
                                        room))
                        .orElse(null);
        if (row == null) {
            return Head.NONE;
        }
        Map<Long, StoredEvent> known = events.load(room, row.extremities());
        StateSnapshot current = states.snapshot(row.snapshot());
        List<Extremity> extremities = new ArrayList<>();
        for (long number : row.extremities()) {
            StoredEvent event = Objects.requireNonNull(known.get(number));
            extremities.add(new Extremity(number, event.id(), event.event().depth()));
        }
        return new Head(
                row.version(),
                extremities,
                current,
                row.members(),
                row.elsewhere(),
                row.segment(),
                row.nextIndex());
    }

    /// Deletes what no writer looks at any more, and transaction ids older than a number of hours.
    int prune(int hours) {
        return database.read(tx -> tx.update(PRUNE))
                + database.<Integer>read(tx -> tx.update(PRUNE_TRANSACTIONS, hours));
    }

    private static List<Long> numbers(Array array) throws SQLException {
        return Arrays.asList((Long[]) array.getArray());
    }

    private record Row(
            long version,
            List<Long> extremities,
            long snapshot,
            MemberCounts members,
            int elsewhere,
            int segment,
            long nextIndex) {}
}
