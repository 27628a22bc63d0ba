package org.valise.federation.peers;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
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
    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
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

    /// @throws MatrixException `M_RESOURCE_LIMIT_EXCEEDED` if there are too many rules
    private void set(ServerPattern pattern, boolean allowed, String by) {
        database.run(tx -> {
            // SECURITY: a rule that no node loads would be a denial that does not hold.
            if (store.others(tx, pattern) >= MOST_RULES) {
                throw new MatrixException(
                        ErrorCode.M_RESOURCE_LIMIT_EXCEEDED,
                        "There are " + MOST_RULES + " rules: use patterns");
            }
            store.set(tx, pattern, allowed, by);
        });
        LOG.info("{} {} {}", by, allowed ? "allows" : "denies", pattern);
        reload();
    }

    /// Takes a rule back.
    ///
    /// @return whether there was one
    public boolean forget(ServerPattern pattern, String by) {
        boolean removed = database.transaction(tx -> store.remove(tx, pattern, by));
        LOG.info("{} takes back the rule for {}", by, pattern);
        reload();
        return removed;
    }

    /// Those that the configuration allows.
    List<ServerPattern> configured() {
        return configured;
    }

    /// The rules that come after a pattern, as the database has them.
    List<PeerRule> rules(String after, int most) {
        return database.read(tx -> store.after(tx, after, most));
    }

    /// What was changed before a change, the newest first.
    List<PeerRuleChange> changes(long before, int most) {
        return database.read(tx -> store.changes(tx, before, most));
    }

    /// For administrators.
    public List<Endpoint> endpoints() {
        return List.of(
                new PeersAdmin(this),
                new SetPeerAdmin(this),
                new ForgetPeerAdmin(this),
                new PeerChangesAdmin(this),
                new PeerStandingAdmin(this));
    }

    /// Takes over what another node has changed.
    public void reload() {
        rules = load();
    }

    private PeerRules load() {
        List<ServerPattern> allowed = new ArrayList<>(configured);
        List<ServerPattern> denied = new ArrayList<>();
        for (PeerRule rule : database.read(tx -> store.all(tx, MOST_RULES))) {
            (rule.allowed() ? allowed : denied).add(rule.pattern());
        }
        return new PeerRules(allowed, denied);
    }
}
