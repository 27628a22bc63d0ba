package org.valise.federation.outbox;

import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

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
                    INSERT INTO federation.outgoing_edu (position, server, type, content)
                    SELECT stream.last_position() - ? + ordinal, server, type, content
                    FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS row (ordinal, server, type, content, place)
                    ORDER BY place
                    """,
                    List.of(Column.INT, Column.TEXT, Column.TEXT, Column.BYTES));

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

    private final Database database;

    OutgoingEduStore(Database database) {
        this.database = database;
    }

    static void insert(
            CommitBatch batch, int ordinal, ServerName to, String type, JsonObject content) {
        batch.add(INSERT, ordinal, to.value(), type, Json.write(content));
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
}
