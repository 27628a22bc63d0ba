package org.valise.rooms.receipts;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.EventId;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// The table of receipts.
final class ReceiptStore {
    private static final String COLUMNS =
            """
            SELECT room, user_number, type, thread, event, event_position, ts, position
            FROM rooms.receipt
            """;
    private static final String IN_ROOM =
            COLUMNS + "WHERE room = ? AND position > ? AND position <= ? ORDER BY position";
    private static final String IN_ROOMS =
            COLUMNS + "WHERE room = ANY(?) AND position > ? AND position <= ? ORDER BY position";
    private static final String OF_USER_IN = COLUMNS + "WHERE room = ANY(?) AND user_number = ?";
    private static final String BETWEEN = COLUMNS + "WHERE position > ? AND position <= ?";
    private static final String OF_USER = COLUMNS + "WHERE room = ? AND user_number = ?";

    /// Row: ordinal, room, user, type, thread, event, event's position, ts. A receipt never goes
    /// back; of several for one place in one batch the one furthest ahead counts.
    private static final BulkInsert PUT =
            new BulkInsert(
                    "receipt",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO rooms.receipt AS known (position, room, user_number, type, thread,
                        event, event_position, ts)
                    SELECT DISTINCT ON (room, user_number, type, thread)
                        stream.last_position() - ? + ordinal, room, user_number, type, thread,
                        event, event_position, ts
                    FROM unnest(?, ?, ?, ?, ?, ?, ?, ?)
                        AS row (ordinal, room, user_number, type, thread, event, event_position, ts)
                    ORDER BY room, user_number, type, thread, event_position DESC
                    ON CONFLICT (room, user_number, type, thread) DO UPDATE
                    SET position = excluded.position, event = excluded.event,
                        event_position = excluded.event_position, ts = excluded.ts
                    WHERE excluded.event_position > known.event_position
                    """,
                    List.of(
                            Column.INT,
                            Column.LONG,
                            Column.LONG,
                            Column.TEXT,
                            Column.TEXT,
                            Column.TEXT,
                            Column.LONG,
                            Column.LONG));

    private final Database database;

    ReceiptStore(Database database) {
        this.database = database;
    }

    static void put(CommitBatch batch, int ordinal, Receipt receipt) {
        @Nullable String thread = receipt.thread();
        batch.add(
                PUT,
                ordinal,
                receipt.room(),
                receipt.user(),
                receipt.type().word(),
                thread == null ? "" : thread,
                receipt.event().value(),
                receipt.eventPosition(),
                receipt.ts());
    }

    /// What changed in a room in `(from, to]`, in order.
    List<ReceiptChange> inRoom(long room, long from, long to) {
        return database.read(tx -> tx.query(IN_ROOM, ReceiptStore::change, room, from, to));
    }

    /// The same for many rooms.
    List<ReceiptChange> inRooms(long[] rooms, long from, long to) {
        return database.read(tx -> tx.query(IN_ROOMS, ReceiptStore::change, rooms, from, to));
    }

    /// All of a user's in many rooms.
    List<ReceiptChange> ofUser(long[] rooms, long user) {
        return database.read(tx -> tx.query(OF_USER_IN, ReceiptStore::change, rooms, user));
    }

    /// What changed anywhere in `(from, to]`, in any order.
    List<ReceiptChange> between(long from, long to) {
        return database.read(tx -> tx.query(BETWEEN, ReceiptStore::change, from, to));
    }

    List<ReceiptChange> ofUser(long room, long user) {
        return database.read(tx -> tx.query(OF_USER, ReceiptStore::change, room, user));
    }

    private static ReceiptChange change(ResultSet row) throws SQLException {
        String thread = row.getString(4);
        return ReceiptChange.of(
                row.getLong(8),
                new Receipt(
                        row.getLong(1),
                        row.getLong(2),
                        ReceiptType.of(row.getString(3)).orElseThrow(),
                        thread.isEmpty() ? null : thread,
                        EventId.parse(row.getString(5)),
                        row.getLong(6),
                        row.getLong(7)));
    }
}
