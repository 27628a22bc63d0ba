package org.valise.federation.inbound;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Tx;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The tables `federation.inbox` and `federation.received_transaction`.
final class InboxStore {
    /// Adds nothing if the transaction was received before.
    private static final String ADD =
            """
            WITH fresh AS (
                INSERT INTO federation.received_transaction (origin, txn_id) VALUES (?, ?)
                ON CONFLICT DO NOTHING RETURNING origin)
            INSERT INTO federation.inbox (origin, room, json)
            SELECT fresh.origin, row.room, row.json
            FROM fresh, unnest(?, ?) WITH ORDINALITY AS row (room, json, place) ORDER BY row.place
            RETURNING number
            """;

    private static final String SIZE =
            """
            SELECT count(*), coalesce(sum(octet_length(json)), 0) FROM federation.inbox WHERE origin = ?
            """;

    private static final String PENDING =
            """
            SELECT number, origin, room FROM federation.inbox WHERE number > ? ORDER BY number LIMIT ?
            """;

    private static final String CONTENTS =
            "SELECT number, json FROM federation.inbox WHERE number = ANY(?)";

    private static final String REMOVE = "DELETE FROM federation.inbox WHERE number = ANY(?)";

    private static final String FORGET_TRANSACTIONS =
            """
            DELETE FROM federation.received_transaction t
            USING (SELECT origin, txn_id,
                          row_number() OVER (PARTITION BY origin ORDER BY received_at DESC) AS place
                   FROM federation.received_transaction) ranked
            WHERE t.origin = ranked.origin AND t.txn_id = ranked.txn_id AND ranked.place > ?
            """;

    /// What is to be added.
    ///
    /// @param room null for an EDU
    record Item(@Nullable RoomId room, byte[] json) {}

    /// What is to be worked off.
    ///
    /// @param room null for an EDU
    record Pending(long number, ServerName origin, @Nullable RoomId room) {}

    /// How much a server has in the inbox.
    record Size(long items, long bytes) {}

    /// @return the numbers of the items, in their order; none if the transaction came before
    List<Long> add(Tx tx, ServerName origin, String transaction, List<Item> items) {
        @Nullable String[] rooms = new String[items.size()];
        byte[][] contents = new byte[items.size()][];
        for (int i = 0; i < items.size(); i++) {
            RoomId room = items.get(i).room();
            rooms[i] = room == null ? null : room.value();
            contents[i] = items.get(i).json();
        }
        return tx.query(ADD, row -> row.getLong(1), origin.value(), transaction, rooms, contents);
    }

    Size size(Tx tx, ServerName origin) {
        return tx.only(SIZE, row -> new Size(row.getLong(1), row.getLong(2)), origin.value());
    }

    List<Pending> pending(Tx tx, long after, int limit) {
        return tx.query(PENDING, InboxStore::pending, after, limit);
    }

    private static Pending pending(ResultSet row) throws SQLException {
        String room = row.getString("room");
        return new Pending(
                row.getLong("number"),
                ServerName.parse(row.getString("origin")),
                room == null ? null : RoomId.parse(room));
    }

    Map<Long, byte[]> contents(Tx tx, Collection<Long> numbers) {
        Map<Long, byte[]> found = new HashMap<>();
        tx.each(
                CONTENTS,
                row -> found.put(row.getLong(1), row.getBytes(2)),
                (Object) array(numbers));
        return found;
    }

    /// What is there again after a crash is worked off again.
    void remove(Tx tx, Collection<Long> numbers) {
        tx.withoutFsync();
        tx.update(REMOVE, (Object) array(numbers));
    }

    /// @param kept how many of each server, the newest
    void forgetTransactions(Tx tx, int kept) {
        tx.update(FORGET_TRANSACTIONS, kept);
    }

    private static long[] array(Collection<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }
}
