package org.valise.devices.keys;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;

import java.util.Map;

/// A user's devices and keys as other servers are told of them.
///
/// @param devices by id
/// @param masterKey null if the user has none
/// @param selfSigningKey null if the user has none
public record PublishedDevices(
        Map<String, PublishedDevice> devices,
        @Nullable JsonObject masterKey,
        @Nullable JsonObject selfSigningKey) {
    public PublishedDevices {
        devices = Map.copyOf(devices);
    }

    /// The fields `master_key` and `self_signing_key`, as far as there are such keys.
    public JsonObject crossSigning() {
        return JsonObject.builder()
                .putIfPresent(CrossSigningUsage.MASTER.field(), masterKey)
                .putIfPresent(CrossSigningUsage.SELF_SIGNING.field(), selfSigningKey)
                .build();
    }
}
