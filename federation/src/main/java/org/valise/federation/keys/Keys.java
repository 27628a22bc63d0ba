package org.valise.federation.keys;

import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.signature.Verifier;

import java.time.Clock;
import java.util.List;

/// The keys of other servers and the endpoints about keys, put together.
public final class Keys {
    private final KeyRing ring;
    private final List<Endpoint> endpoints;

    /// @param notaries who is believed about keys of servers that do not answer
    public Keys(
            Database database,
            ServerKeys own,
            KeySource source,
            List<ServerName> notaries,
            NotarySource asNotaries,
            Verifier verifier,
            Clock clock) {
        ring =
                new KeyRing(
                        database,
                        new KeyFetcher(database, source, verifier, clock),
                        new TrustedNotaries(database, notaries, asNotaries, verifier, clock),
                        own,
                        clock);
        OwnStatement statement = new OwnStatement(own, clock);
        KeyNotary notary = new KeyNotary(database, ring, own, statement, clock);
        endpoints =
                List.of(
                        new ServerKeysFederation(statement),
                        new QueryKeysFederation(notary, clock),
                        new QueryManyKeysFederation(notary, clock));
    }

    public KeyRing ring() {
        return ring;
    }

    public List<Endpoint> endpoints() {
        return endpoints;
    }
}
