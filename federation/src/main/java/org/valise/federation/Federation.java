package org.valise.federation;

import org.valise.federation.keys.Ed25519;
import org.valise.federation.keys.ServerKeys;
import org.valise.platform.database.Database;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Verifier;

import java.time.Clock;

/// The front of the module: what it needs and what it offers. For now only keys.
public final class Federation {
    /// Where its migrations are.
    public static final String MIGRATIONS = "org/valise/federation/migration";

    private final Ed25519 ed25519;
    private final ServerKeys keys;

    /// @throws org.valise.federation.keys.ForeignDatabase when the database belongs to a server of
    ///   another name
    public Federation(Database database, ServerName server, Clock clock) {
        ed25519 = Ed25519.fastest();
        keys = ServerKeys.open(database, server, ed25519, clock);
    }

    public ServerKeys keys() {
        return keys;
    }

    public Verifier verifier() {
        return ed25519;
    }
}
