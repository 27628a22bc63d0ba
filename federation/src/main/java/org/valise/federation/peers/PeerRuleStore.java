package org.valise.federation.peers;

import org.valise.platform.database.Tx;
import org.valise.protocol.id.ServerPattern;

import java.util.List;

/// The tables `federation.peer_rules` and `federation.peer_rule_changes`.
final class PeerRuleStore {
    private static final String SELECT_ALL =
            """
            SELECT pattern, allowed FROM federation.peer_rules ORDER BY pattern LIMIT ?
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

    record Rule(ServerPattern pattern, boolean allowed) {}

    List<Rule> all(Tx tx, int most) {
        return tx.query(
                SELECT_ALL,
                row ->
                        new Rule(
                                new ServerPattern(row.getString("pattern")),
                                row.getBoolean("allowed")),
                most);
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
