package org.valise.accounts.uia;

import static org.valise.platform.stream.BulkInsert.Column.BYTES;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Rows;
import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// SQL of `accounts.uia_session`.
final class UiaStore {
    private static final String INSERT =
            """
            INSERT INTO accounts.uia_session
                (id_hash, operation, user_number, request_hash, completed, evidence, flows, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String FIND =
            """
            SELECT id_hash, operation, user_number, request_hash, completed, evidence, flows
            FROM accounts.uia_session WHERE id_hash = ? AND expires_at > ?
            """;
    // Only from the state that was read: of two requests at once one advances.
    private static final String ADVANCE =
            """
            UPDATE accounts.uia_session SET completed = ?, evidence = ?, request_hash = ?
            WHERE id_hash = ? AND completed = ?
            """;
    private static final String DELETE =
            """
            DELETE FROM accounts.uia_session WHERE id_hash = ?
            """;
    private static final BulkInsert SPEND =
            new BulkInsert(
                    "spent authentications",
                    BulkInsert.Phase.ORDERED,
                    false,
                    """
                    WITH wanted AS (SELECT id_hash FROM unnest(?) AS wanted (id_hash)),
                    gone AS (
                        DELETE FROM accounts.uia_session USING wanted
                        WHERE uia_session.id_hash = wanted.id_hash RETURNING uia_session.id_hash)
                    SELECT 1 WHERE NOT accounts.must((SELECT count(*) FROM gone) = (SELECT count(*) FROM wanted))
                    """,
                    List.of(BYTES));
    private static final String SWEEP =
            """
            DELETE FROM accounts.uia_session WHERE id_hash IN
                (SELECT id_hash FROM accounts.uia_session WHERE expires_at < ? LIMIT 1000 FOR UPDATE SKIP LOCKED)
            """;

    /// A session as it is stored.
    ///
    /// @param user whose access token began it
    /// @param request hash of the request, fixed by the first stage that a request completes; empty
    ///   before
    /// @param flows what the request may be authenticated by
    record Stored(
            byte[] id,
            String operation,
            @Nullable Long user,
            byte[] request,
            List<String> completed,
            JsonObject evidence,
            List<Flow> flows) {}

    void insert(Tx tx, Stored session, Instant expires) {
        tx.update(
                INSERT,
                session.id(),
                session.operation(),
                session.user(),
                session.request(),
                session.completed().toArray(String[]::new),
                session.evidence().toString(),
                JsonArray.of(
                                session.flows().stream()
                                        .map(flow -> JsonArray.of(flow.stages()))
                                        .toList())
                        .toString(),
                expires);
    }

    Optional<Stored> find(Tx tx, byte[] id, Instant now) {
        return tx.one(
                FIND,
                row ->
                        new Stored(
                                row.getBytes("id_hash"),
                                row.getString("operation"),
                                Rows.nullableLong(row, "user_number"),
                                row.getBytes("request_hash"),
                                Rows.strings(row, "completed"),
                                (JsonObject) Json.parse(row.getString("evidence")),
                                flows((JsonArray) Json.parse(row.getString("flows")))),
                id,
                now);
    }

    private static List<Flow> flows(JsonArray stored) {
        return stored.values().stream()
                .map(stages ->
                        new Flow(
                                ((JsonArray) stages)
                                        .values().stream()
                                                .map(stage -> ((JsonString) stage).value())
                                                .toList()))
                .toList();
    }

    boolean advance(Tx tx, Stored from, Stored to) {
        return tx.update(
                        ADVANCE,
                        to.completed().toArray(String[]::new),
                        to.evidence().toString(),
                        to.request(),
                        from.id(),
                        from.completed().toArray(String[]::new))
                == 1;
    }

    boolean delete(Tx tx, byte[] id) {
        return tx.update(DELETE, (Object) id) == 1;
    }

    /// As part of an ordered commit, which is refused if the session is gone.
    void spend(CommitBatch batch, byte[] id) {
        batch.add(SPEND, (Object) id);
    }

    int sweep(Tx tx, Instant now) {
        return tx.update(SWEEP, now);
    }
}
