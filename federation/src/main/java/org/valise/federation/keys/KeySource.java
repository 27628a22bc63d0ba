package org.valise.federation.keys;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// Where the keys of other servers come from. Implemented with the client for other servers.
@FunctionalInterface
public interface KeySource {
    /// Nobody is asked.
    KeySource NONE = server -> Optional.empty();

    /// What the server answers to `GET /_matrix/key/v2/server`, unchecked; empty if it cannot be
    /// reached, may not be asked or answers no JSON. Blocks for a bounded time.
    Optional<JsonObject> ask(ServerName server);
}
