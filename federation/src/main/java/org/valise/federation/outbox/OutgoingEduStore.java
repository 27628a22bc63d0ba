package org.valise.federation.outbox;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// EDUs that must not be lost.
final class OutgoingEduStore {
    /// Numbers are given in the order of the rows.
    private static final BulkInsert INSERT =
            new BulkInsert(
                    "outgoing EDUs",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO federation.outgoing_edu (position, server, type, key, content)
                    SELECT stream.last_position() - ? + ordinal, server, type, key, content
                    FROM unnest(?, ?, ?, ?, ?) WITH ORDINALITY AS row (ordinal, server, type, key, content, place)
                    ORDER BY place
                    """,
                    List.of(Column.INT, Column.TEXT, Column.TEXT, Column.TEXT, Column.BYTES));

    private static final String OLDEST =
            """
            SELECT number, position, type, content FROM (
                SELECT number, position, type, content,
                       sum(length(content)) OVER (ORDER BY number) - length(content) AS before
                FROM (SELECT * FROM federation.outgoing_edu
                      WHERE server = ? ORDER BY number LIMIT ?) AS oldest) AS summed
            WHERE before < ? ORDER BY number
            """;
    private static final String REMOVE =
            "DELETE FROM federation.outgoing_edu WHERE server = ? AND number = ANY(?)";
    private static final String SERVERS = "SELECT DISTINCT server FROM federation.outgoing_edu";
    private static final String SERVERS_BETWEEN =
            """
            SELECT DISTINCT server FROM federation.outgoing_edu
            WHERE position > ? AND position <= ?
            """;

    private static final String COLLAPSE =
            """
            DELETE FROM federation.outgoing_edu WHERE (server, number) IN (
                SELECT old.server, old.number FROM federation.outgoing_edu AS old
                JOIN federation.destination ON destination.server = old.server
                WHERE failing_since < now() - make_interval(secs => ?) AND old.key <> '' AND EXISTS (
                    SELECT FROM federation.outgoing_edu AS newer
                    WHERE newer.server = old.server AND newer.type = old.type AND newer.key = old.key
                      AND newer.key <> '' AND newer.number > old.number)
                LIMIT ?)
            """;
    private static final String GIVE_UP_OLD =
            """
            DELETE FROM federation.outgoing_edu WHERE (server, number) IN (
                SELECT server, number FROM federation.outgoing_edu
                WHERE key = '' AND written_at < now() - make_interval(secs => ?) LIMIT ?)
            """;
    private static final String GIVE_UP_BEYOND =
            """
            DELETE FROM federation.outgoing_edu WHERE (server, number) IN (
                SELECT server, number FROM (
                    SELECT server, number, sum(length(content)) OVER (PARTITION BY server ORDER BY number DESC) AS bytes
                    FROM federation.outgoing_edu WHERE key = '' AND server IN (
                        SELECT server FROM federation.outgoing_edu WHERE key = ''
                        GROUP BY server HAVING sum(length(content)) > ?)) AS summed
                WHERE bytes > ? LIMIT ?)
            """;
    private static final String COUNT = "SELECT count(*) FROM federation.outgoing_edu";

    private final Database database;

    OutgoingEduStore(Database database) {
        this.database = database;
    }

    /// @param key empty: nothing makes up for it
    static void insert(
            CommitBatch batch,
            int ordinal,
            ServerName to,
            String type,
            String key,
            JsonObject content) {
        batch.add(INSERT, ordinal, to.value(), type, key, Json.write(content));
    }

    /// @param number in the order in which they go to a server
    /// @param position when it was written
    record StoredEdu(long number, long position, String type, JsonObject content) {}

    /// The next ones for a server, in order.
    ///
    /// @param bytes about how large they may be together; one may be larger
    List<StoredEdu> oldest(ServerName server, int limit, int bytes) {
        return database.read(tx ->
                tx.query(
                        OLDEST,
                        row ->
                                new StoredEdu(
                                        row.getLong(1),
                                        row.getLong(2),
                                        row.getString(3),
                                        Json.parseObject(row.getBytes(4))),
                        server.value(),
                        limit,
                        bytes));
    }

    int remove(ServerName server, List<StoredEdu> edus) {
        long[] numbers = edus.stream().mapToLong(StoredEdu::number).toArray();
        return database.read(tx -> tx.update(REMOVE, server.value(), numbers));
    }

    /// Those for whom there are any.
    Set<ServerName> servers() {
        return new HashSet<>(
                database.read(tx -> tx.query(SERVERS, row -> ServerName.parse(row.getString(1)))));
    }

    /// Those for whom some were written at positions in `(from, to]`.
    List<ServerName> serversBetween(long from, long to) {
        return database.read(tx ->
                tx.query(SERVERS_BETWEEN, row -> ServerName.parse(row.getString(1)), from, to));
    }

    /// Deletes what later ones make up for, of servers that have been failing for so long.
    ///
    /// @return how many; as many as the limit if there may be more
    int collapse(Duration failing, int limit) {
        return database.read(tx -> tx.update(COLLAPSE, (double) failing.toSeconds(), limit));
    }

    /// Deletes what nothing makes up for and is older than this.
    int giveUpOlder(Duration age, int limit) {
        return database.read(tx -> tx.update(GIVE_UP_OLD, (double) age.toSeconds(), limit));
    }

    /// Deletes what nothing makes up for and is beyond so many bytes of one server's: the oldest.
    int giveUpBeyond(long bytes, int limit) {
        return database.read(tx -> tx.update(GIVE_UP_BEYOND, bytes, bytes, limit));
    }

    /// How many there are.
    long count() {
        return database.read(tx -> tx.only(COUNT, row -> row.getLong(1)));
    }
}
