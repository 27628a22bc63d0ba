package org.valise.federation.peers;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Tx;
import org.valise.protocol.id.ServerPattern;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/// The tables `federation.peer_rules` and `federation.peer_rule_changes`.
final class PeerRuleStore {
    private static final String SELECT_ALL =
            """
            SELECT pattern, allowed FROM federation.peer_rules ORDER BY pattern LIMIT ?
            """;

    private static final String SELECT_SOME =
            """
            SELECT pattern, allowed FROM federation.peer_rules WHERE pattern > ?
            ORDER BY pattern LIMIT ?
            """;

    private static final String COUNT =
            "SELECT count(*) FROM federation.peer_rules WHERE pattern <> ?";

    private static final String CHANGES =
            """
            SELECT number, changed_at, changed_by, pattern, was, becomes
            FROM federation.peer_rule_changes WHERE number < ? ORDER BY number DESC LIMIT ?
            """;

    private static final String SET =
            """
            WITH before AS (SELECT allowed FROM federation.peer_rules WHERE pattern = ?),
                 changed AS (
                     INSERT INTO federation.peer_rules (pattern, allowed) VALUES (?, ?)
                     ON CONFLICT (pattern) DO UPDATE SET allowed = excluded.allowed)
            INSERT INTO federation.peer_rule_changes (changed_by, pattern, was, becomes)
            VALUES (?, ?, (SELECT allowed FROM before), ?)
            """;

    private static final String REMOVE =
            """
            WITH gone AS (DELETE FROM federation.peer_rules WHERE pattern = ? RETURNING allowed)
            INSERT INTO federation.peer_rule_changes (changed_by, pattern, was, becomes)
            SELECT ?, ?, allowed, NULL FROM gone
            """;

    /// The channel that [org.valise.federation.Federation] listens to.
    private static final String TELL_NODES = "SELECT pg_notify('valise_federation', '')";

    List<PeerRule> all(Tx tx, int most) {
        return tx.query(SELECT_ALL, PeerRuleStore::rule, most);
    }

    /// Those that come after a pattern.
    List<PeerRule> after(Tx tx, String pattern, int most) {
        return tx.query(SELECT_SOME, PeerRuleStore::rule, pattern, most);
    }

    /// How many there are for other patterns.
    long others(Tx tx, ServerPattern pattern) {
        return tx.only(COUNT, row -> row.getLong(1), pattern.glob());
    }

    /// What was changed before a change, the newest first.
    List<PeerRuleChange> changes(Tx tx, long before, int most) {
        return tx.query(
                CHANGES,
                row ->
                        new PeerRuleChange(
                                row.getLong("number"),
                                row.getTimestamp("changed_at").toInstant(),
                                row.getString("changed_by"),
                                row.getString("pattern"),
                                decision(row, "was"),
                                decision(row, "becomes")),
                before,
                most);
    }

    private static PeerRule rule(ResultSet row) throws SQLException {
        return new PeerRule(new ServerPattern(row.getString("pattern")), row.getBoolean("allowed"));
    }

    private static @Nullable Boolean decision(ResultSet row, String column) throws SQLException {
        boolean allowed = row.getBoolean(column);
        return row.wasNull() ? null : allowed;
    }

    void set(Tx tx, ServerPattern pattern, boolean allowed, String by) {
        tx.update(SET, pattern.glob(), pattern.glob(), allowed, by, pattern.glob(), allowed);
        tx.exists(TELL_NODES);
    }

    /// @return whether there was one
    boolean remove(Tx tx, ServerPattern pattern, String by) {
        boolean removed = tx.update(REMOVE, pattern.glob(), by, pattern.glob()) > 0;
        tx.exists(TELL_NODES);
        return removed;
    }
}
