package org.valise.devices.keys;

import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.Map;

/// Asks other servers for their users' keys, all servers at the same time.
public interface RemoteKeys {
    /// Reaches nobody: all servers that are asked are failures.
    RemoteKeys NONE =
            new RemoteKeys() {
                @Override
                public Map<ServerName, JsonObject> query(
                        Map<ServerName, JsonObject> wanted, Duration patience) {
                    return Map.of();
                }

                @Override
                public Map<ServerName, JsonObject> claim(
                        Map<ServerName, JsonObject> wanted, Duration patience) {
                    return Map.of();
                }
            };

    /// @param wanted for each server, device ids by its users
    /// @return what those that could be reached answered (`device_keys`, `master_keys`,
    ///   `self_signing_keys`), of nobody but their own users
    Map<ServerName, JsonObject> query(Map<ServerName, JsonObject> wanted, Duration patience);

    /// @param wanted for each server, algorithms by device by its users
    /// @return the `one_time_keys` that those gave that could be reached, of nobody but their own
    ///   users
    Map<ServerName, JsonObject> claim(Map<ServerName, JsonObject> wanted, Duration patience);
}
