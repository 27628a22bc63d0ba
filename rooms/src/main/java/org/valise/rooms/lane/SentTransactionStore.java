package org.valise.rooms.lane;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.protocol.id.EventId;

import java.util.List;
import java.util.Optional;

/// Which event a client's transaction made: unique in the database, so twins on two nodes make one.
public final class SentTransactionStore {
    private static final String FIND =
            "SELECT event_id FROM rooms.sent_transaction WHERE session = ? AND request = ?";

    /// Row: session, hash of the request's path, event id.
    public static final BulkInsert INSERT =
            new BulkInsert(
                    "sent transaction",
                    Phase.ORDERED,
                    false,
                    """
                    INSERT INTO rooms.sent_transaction (session, request, event_id)
                    SELECT * FROM unnest(?, ?, ?)
                    """,
                    List.of(Column.LONG, Column.BYTES, Column.TEXT));

    private final Database database;

    public SentTransactionStore(Database database) {
        this.database = database;
    }

    public Optional<EventId> find(long session, byte[] request) {
        return database.read(tx -> tx.one(FIND, row -> row.getString(1), session, request))
                .map(EventId::parse);
    }
}
