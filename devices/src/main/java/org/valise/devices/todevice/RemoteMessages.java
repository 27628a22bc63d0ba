package org.valise.devices.todevice;

import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

import java.util.Map;

/// Where messages to users of other servers go: the outbox of federation.
///
/// Spec: server-server API, "Send-to-device messaging".
@FunctionalInterface
public interface RemoteMessages {
    /// No other servers.
    RemoteMessages NONE = (_, _, _) -> {};

    /// Adds the rows of a request's messages to the commit that carries out the request.
    ///
    /// @param ordinal stands for the position in statements that are positioned
    void addTo(CommitBatch batch, int ordinal, Outgoing messages);

    /// @param id of the request: the same for a repeated one
    /// @param messages content by user and device id (`*` for all devices); none of the users is
    ///   local
    record Outgoing(
            UserId sender, String type, String id, Map<UserId, Map<String, JsonObject>> messages) {}
}
