package org.valise.rooms.timeline;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.event.Event;

import java.util.List;

/// The table of events, as it is written. It is read by [EventStore].
public final class EventWriteStore {
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

    private final Database database;

    public EventWriteStore(Database database) {
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
}
