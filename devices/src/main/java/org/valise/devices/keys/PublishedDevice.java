package org.valise.devices.keys;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;

/// A device as other servers are told of it.
///
/// @param displayName null if there is none, or nobody is to see it
/// @param keys with their signatures, without `unsigned`
public record PublishedDevice(String id, @Nullable String displayName, JsonObject keys) {
    /// An entry of `GET /user/devices`; of an update, too.
    public JsonObject json() {
        return JsonObject.builder()
                .put("device_id", id)
                .putIfPresent("device_display_name", displayName)
                .put("keys", keys)
                .build();
    }

    /// The keys as clients are shown them: *with the addition of an `unsigned` property*.
    public JsonObject forClient() {
        JsonObject unsigned =
                JsonObject.builder().putIfPresent("device_display_name", displayName).build();
        return keys.with("unsigned", unsigned);
    }
}
