package org.valise.federation.keys;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;
import java.util.Set;

/// Where notaries are asked. Implemented with the client for other servers.
@FunctionalInterface
public interface NotarySource {
    /// What a notary answers to `POST /_matrix/key/v2/query`, unchecked; empty if it cannot be
    /// reached, may not be asked, answers no JSON, or none of the servers may federate. Blocks for
    /// a bounded time.
    Optional<JsonObject> ask(ServerName notary, Set<ServerName> servers);
}
