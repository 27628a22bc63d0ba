package org.valise.devices.remote;

import org.valise.devices.keys.CrossSigningUsage;
import org.valise.protocol.json.JsonObject;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/// An answer about the keys of one server's users, while it is put together by one thread.
final class KeysOfServer {
    private final Map<String, Map<String, JsonObject>> devices = new TreeMap<>();
    private final Map<CrossSigningUsage, Map<String, JsonObject>> crossSigning =
            new EnumMap<>(CrossSigningUsage.class);

    Map<String, Map<String, JsonObject>> devices() {
        return devices;
    }

    Map<String, JsonObject> keys(CrossSigningUsage usage) {
        return crossSigning.computeIfAbsent(usage, any -> new TreeMap<>());
    }

    JsonObject json() {
        var json = JsonObject.builder().put("device_keys", devices);
        crossSigning.forEach((usage, keys) -> json.put(usage.answerField(), keys));
        return json.build();
    }
}
