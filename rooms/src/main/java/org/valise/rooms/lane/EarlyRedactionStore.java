package org.valise.rooms.lane;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Redactions that wait for what they redact.
///
/// SECURITY: a stranger could send any number of redactions of an event that nobody here has. Of
/// those that its sender's power suffices for one is kept, and one of each other server, which
/// applies if the event is from that server: whatever is sent, two are looked at when the event
/// comes.
final class EarlyRedactionStore {
    /// The domain of a redaction that applies whoever sent the event.
    static final String ANY_DOMAIN = "";

    private static final String IS_ANY =
            "SELECT EXISTS (SELECT 1 FROM rooms.early_redaction WHERE room = ?)";

    private static final String AWAITED =
            "SELECT DISTINCT target FROM rooms.early_redaction WHERE room = ? AND target = ANY(?)";

    private static final String OF_EVENTS =
            """
            SELECT early.target, early.redaction
            FROM unnest(?, ?) AS arrived (event, domain)
            JOIN rooms.early_redaction early
              ON early.room = ? AND early.target = arrived.event
                AND early.domain IN ('', arrived.domain)
            """;

    /// Row: room, id of the event that is not here, domain of whose events the redaction applies
    /// to, number of the redaction, whether the event has come. What is both added and taken away
    /// in one commit is gone.
    static final BulkInsert CHANGE =
            new BulkInsert(
                    "early redaction",
                    Phase.CHANGES,
                    false,
                    """
                    WITH change AS (
                        SELECT * FROM unnest(?, ?, ?, ?, ?)
                            AS row (room, target, domain, redaction, gone)),
                    met AS (
                        DELETE FROM rooms.early_redaction early USING change c
                        WHERE c.gone AND early.room = c.room AND early.target = c.target)
                    INSERT INTO rooms.early_redaction (room, target, domain, redaction)
                    SELECT c.room, c.target, c.domain, c.redaction FROM change c
                    WHERE NOT c.gone AND NOT EXISTS (
                        SELECT 1 FROM change d
                        WHERE d.gone AND d.room = c.room AND d.target = c.target)
                    ON CONFLICT DO NOTHING
                    """,
                    List.of(Column.LONG, Column.TEXT, Column.TEXT, Column.LONG, Column.BOOLEAN));

    private final Database database;

    EarlyRedactionStore(Database database) {
        this.database = database;
    }

    /// Whether any redaction of the room waits.
    boolean isAny(long room) {
        return database.read(tx -> tx.only(IS_ANY, row -> row.getBoolean(1), room));
    }

    /// Those of these events that a redaction waits for.
    Set<EventId> awaited(long room, Collection<EventId> events) {
        String[] ids = events.stream().map(EventId::value).toArray(String[]::new);
        return Set.copyOf(
                database.read(tx ->
                        tx.query(AWAITED, row -> EventId.parse(row.getString(1)), room, ids)));
    }

    /// The numbers of the redactions that apply to events.
    ///
    /// @param senders the servers that the events are from
    Map<EventId, List<Long>> of(long room, Map<EventId, ServerName> senders) {
        List<Map.Entry<EventId, ServerName>> wanted = List.copyOf(senders.entrySet());
        Map<EventId, List<Long>> found = new HashMap<>();
        database.read(tx ->
                        tx.query(
                                OF_EVENTS,
                                row -> Map.entry(EventId.parse(row.getString(1)), row.getLong(2)),
                                wanted.stream()
                                        .map(event -> event.getKey().value())
                                        .toArray(String[]::new),
                                wanted.stream()
                                        .map(event -> event.getValue().value())
                                        .toArray(String[]::new),
                                room))
                .forEach(row ->
                        found.computeIfAbsent(row.getKey(), any -> new ArrayList<>())
                                .add(row.getValue()));
        return found;
    }
}
