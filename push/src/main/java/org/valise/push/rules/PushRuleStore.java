package org.valise.push.rules;

import org.valise.platform.database.Tx;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.json.Json;
import org.valise.protocol.pushrules.PushRuleChanges;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// `push.rules`.
final class PushRuleStore {
    /// What the database says when the changes were made from an old version.
    static final String LOST_UPDATE = "VP001";

    private static final String READ =
            "SELECT user_number, version, position, changes FROM push.rules WHERE user_number = ?";

    private static final String CHANGED =
            """
            SELECT user_number, version, position, changes FROM push.rules
            WHERE position > ? AND position <= ? ORDER BY position
            """;

    private static final BulkInsert WRITE =
            new BulkInsert(
                    "push rules",
                    Phase.ORDERED,
                    true,
                    """
                    INSERT INTO push.rules (position, user_number, version, changes)
                    SELECT stream.last_position() - ? + ordinal, user_number, version, changes
                    FROM unnest(?, ?, ?, ?) AS row (ordinal, user_number, version, changes)
                    ON CONFLICT (user_number) DO UPDATE
                    SET position = excluded.position, version = excluded.version, changes = excluded.changes
                    """,
                    List.of(Column.INT, Column.LONG, Column.LONG, Column.TEXT));

    private PushRuleStore() {}

    static Optional<StoredRules> read(Tx tx, long userNumber) {
        return tx.one(READ, PushRuleStore::stored, userNumber);
    }

    static List<StoredRules> changed(Tx tx, long from, long to) {
        return tx.query(CHANGED, PushRuleStore::stored, from, to);
    }

    static void write(
            CommitBatch batch,
            int ordinal,
            long userNumber,
            long version,
            PushRuleChanges changes) {
        batch.add(WRITE, ordinal, userNumber, version, changes.json().toString());
    }

    private static StoredRules stored(ResultSet row) throws SQLException {
        return new StoredRules(
                row.getLong("user_number"),
                row.getLong("version"),
                row.getLong("position"),
                PushRuleChanges.parse(Json.parseObject(row.getString("changes"))));
    }
}
