package org.valise.devices.backup;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

/// One version of a user's backup.
///
/// @param number stands for it in the database
/// @param etag grows with each change of its keys
/// @param keys how many it holds
record Backup(long number, long version, String algorithm, String authData, long etag, long keys) {
    /// As clients see it.
    JsonObject json() {
        return JsonObject.of(
                "algorithm",
                algorithm,
                "auth_data",
                Json.parseObject(authData),
                "count",
                keys,
                "etag",
                Long.toString(etag),
                "version",
                Long.toString(version));
    }

    /// What a client is told after it has changed keys.
    JsonObject update() {
        return JsonObject.of("count", keys, "etag", Long.toString(etag));
    }
}
