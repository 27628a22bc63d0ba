package org.valise.devices.keys;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Knows the keys of other servers' users, or asks for them, all servers at the same time.
public interface RemoteKeys {
    /// Reaches nobody: all servers that are asked are failures.
    RemoteKeys NONE =
            new RemoteKeys() {
                @Override
                public Answers query(Map<ServerName, JsonObject> wanted, Duration patience) {
                    return new Answers(Map.of(), wanted.keySet());
                }

                @Override
                public Answers claim(Map<ServerName, JsonObject> wanted, Duration patience) {
                    return new Answers(Map.of(), wanted.keySet());
                }
            };

    /// @param given by server, of nobody but their own users
    /// @param failed who could not be reached; of their users something may be known all the same
    record Answers(Map<ServerName, JsonObject> given, Set<ServerName> failed) {
        static final Answers NONE = new Answers(Map.of(), Set.of());

        /// *If any remote homeservers could not be reached, they are recorded here.*
        JsonObject failures() {
            var failures = JsonObject.builder();
            for (ServerName server : new TreeSet<>(failed)) {
                failures.put(
                        server.value(),
                        JsonObject.of(
                                "errcode",
                                ErrorCode.M_CONNECTION_FAILED.errcode(),
                                "error",
                                "The server could not be reached"));
            }
            return failures.build();
        }
    }

    /// @param wanted for each server, lists of device ids by its users
    /// @return `device_keys`, `master_keys` and `self_signing_keys`
    Answers query(Map<ServerName, JsonObject> wanted, Duration patience);

    /// @param wanted for each server, algorithms by device by its users
    /// @return `one_time_keys` by device by user
    Answers claim(Map<ServerName, JsonObject> wanted, Duration patience);
}
