package org.valise.rooms.aggregations;

import org.valise.platform.database.Database;
import org.valise.rooms.relations.Relation;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;

/// Adds up relations, for any number of events of any rooms at once.
final class AggregationStore {
    /// Edits of one event by its author that are looked at: the newest by their own clock.
    private static final int MAX_EDITS = 10;

    private static final int MAX_REFERENCES = 100;

    private static final String THREADS =
            """
            SELECT w.n, latest.number, counted.count, counted.participated
            FROM unnest(?, ?) WITH ORDINALITY AS w (room, target, n)
            CROSS JOIN LATERAL (
                SELECT r.number FROM rooms.relation r
                WHERE r.room = w.room AND r.target = w.target AND r.rel_type = 'm.thread'
                  AND (r.position IS NULL OR r.position <= ?) AND r.sender <> ALL (?)
                ORDER BY r.segment DESC, r.index DESC LIMIT 1) AS latest
            CROSS JOIN LATERAL (
                SELECT count(*) AS count, bool_or(r.sender = ?) AS participated
                FROM rooms.relation r
                WHERE r.room = w.room AND r.target = w.target AND r.rel_type = 'm.thread'
                  AND (r.position IS NULL OR r.position <= ?) AND r.sender <> ALL (?)) AS counted
            """;
    private static final String EDITS_AND_REFERENCES =
            """
            SELECT w.n, found.rel_type, found.number
            FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS w (room, target, sender, type, n)
            CROSS JOIN LATERAL (
                (SELECT r.number, r.rel_type FROM rooms.relation r
                 WHERE r.room = w.room AND r.target = w.target AND r.rel_type = 'm.replace'
                   AND r.sender = w.sender AND r.type = w.type
                   AND (r.position IS NULL OR r.position <= ?) AND r.sender <> ALL (?)
                 ORDER BY r.origin_server_ts DESC LIMIT %d)
                UNION ALL
                (SELECT r.number, r.rel_type FROM rooms.relation r
                 WHERE r.room = w.room AND r.target = w.target AND r.rel_type = 'm.reference'
                   AND (r.position IS NULL OR r.position <= ?) AND r.sender <> ALL (?)
                 ORDER BY r.segment, r.index LIMIT %d)) AS found
            """
                    .formatted(MAX_EDITS, MAX_REFERENCES);

    private final Database database;

    AggregationStore(Database database) {
        this.database = database;
    }

    /// The threads among these events.
    List<ThreadRow> threads(List<StoredEvent> roots, Onlooker reader) {
        long[] ignored = ignored(reader);
        return database.read(tx ->
                tx.query(
                        THREADS,
                        row ->
                                new ThreadRow(
                                        roots.get(row.getInt(1) - 1),
                                        row.getLong(2),
                                        row.getLong(3),
                                        row.getBoolean(4)),
                        rooms(roots),
                        ids(roots),
                        reader.asOf(),
                        ignored,
                        reader.number(),
                        reader.asOf(),
                        ignored));
    }

    /// Edits of these events by their authors, and references to them.
    List<Child> editsAndReferences(List<StoredEvent> parents, Onlooker reader) {
        long[] ignored = ignored(reader);
        return database.read(tx ->
                tx.query(
                        EDITS_AND_REFERENCES,
                        row ->
                                new Child(
                                        parents.get(row.getInt(1) - 1),
                                        row.getString(2).equals(Relation.REPLACE),
                                        row.getLong(3)),
                        rooms(parents),
                        ids(parents),
                        parents.stream().mapToLong(StoredEvent::sender).toArray(),
                        parents.stream().map(each -> each.event().type()).toArray(String[]::new),
                        reader.asOf(),
                        ignored,
                        reader.asOf(),
                        ignored));
    }

    private static long[] rooms(List<StoredEvent> events) {
        return events.stream().mapToLong(StoredEvent::room).toArray();
    }

    private static String[] ids(List<StoredEvent> events) {
        return events.stream().map(each -> each.id().value()).toArray(String[]::new);
    }

    private static long[] ignored(Onlooker reader) {
        return reader.ignored().stream().mapToLong(Long::longValue).toArray();
    }

    /// @param latest the number of its newest message
    record ThreadRow(StoredEvent root, long latest, long count, boolean participated) {}

    /// @param edit whether it replaces the parent, else it refers to it
    record Child(StoredEvent parent, boolean edit, long number) {}
}
