package org.valise.federation.peers;

import org.valise.platform.database.Database;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.ServerPattern;

import java.util.ArrayList;
import java.util.List;

/// The servers that may federate with this one, in and out.
///
/// Kept in the database and held in memory by every node: a change holds here when it returns, on
/// other nodes as soon as they have heard of it.
public final class Peers {
    private static final int MOST_RULES = 10_000;

    private final Database database;
    private final PeerRuleStore store = new PeerRuleStore();
    private final List<ServerPattern> configured;
    private volatile PeerRules rules;

    /// @param configured who is allowed whatever the database says, unless it denies them
    public Peers(Database database, List<ServerPattern> configured) {
        this.database = database;
        this.configured = List.copyOf(configured);
        this.rules = load();
    }

    public boolean allows(ServerName server) {
        return rules.allows(server);
    }

    /// @throws MatrixException `M_FORBIDDEN` if the server may not federate with this one
    public void requireAllowed(ServerName server) {
        if (!allows(server)) {
            throw new MatrixException(
                            ErrorCode.M_FORBIDDEN, "This server does not federate with " + server)
                    .status(403);
        }
    }

    /// Lets servers in, unless another rule denies them.
    ///
    /// @param by who decided it, for the audit
    public void allow(ServerPattern pattern, String by) {
        set(pattern, true, by);
    }

    /// Refuses servers, whatever allows them.
    public void deny(ServerPattern pattern, String by) {
        set(pattern, false, by);
    }

    private void set(ServerPattern pattern, boolean allowed, String by) {
        database.run(tx -> store.set(tx, pattern, allowed, by));
        reload();
    }

    /// Takes a rule back.
    ///
    /// @return whether there was one
    public boolean forget(ServerPattern pattern, String by) {
        boolean removed = database.transaction(tx -> store.remove(tx, pattern, by));
        reload();
        return removed;
    }

    /// Takes over what another node has changed.
    public void reload() {
        rules = load();
    }

    private PeerRules load() {
        List<ServerPattern> allowed = new ArrayList<>(configured);
        List<ServerPattern> denied = new ArrayList<>();
        for (PeerRuleStore.Rule rule : database.read(tx -> store.all(tx, MOST_RULES))) {
            (rule.allowed() ? allowed : denied).add(rule.pattern());
        }
        return new PeerRules(allowed, denied);
    }
}
