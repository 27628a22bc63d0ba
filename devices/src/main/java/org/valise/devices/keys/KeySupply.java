package org.valise.devices.keys;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/// How many keys of a device wait to be claimed.
///
/// @param position where in the stream that last changed; 0: never
/// @param counts of its one-time keys, by algorithm
/// @param unusedFallback the algorithms with a fallback key that nobody was given yet
public record KeySupply(long position, Map<String, Long> counts, Set<String> unusedFallback) {
    private static final String USUAL = "signed_curve25519";

    public KeySupply {
        counts = Map.copyOf(counts);
        unusedFallback = Set.copyOf(unusedFallback);
    }

    /// As the answer to an upload has it.
    ///
    /// The usual algorithm is told of also when nothing is left: *if an algorithm is not listed,
    /// the count is assumed to be zero*, but clients do not upload more keys before they read a
    /// count.
    JsonObject countsJson() {
        var json = JsonObject.builder();
        if (!counts.containsKey(USUAL)) {
            json.put(USUAL, 0);
        }
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(count -> json.put(count.getKey(), count.getValue()));
        return json.build();
    }

    /// `"device_one_time_keys_count":…,"device_unused_fallback_key_types":…`.
    byte[] syncFields() {
        byte[] object =
                Json.write(
                        JsonObject.of(
                                "device_one_time_keys_count",
                                countsJson(),
                                "device_unused_fallback_key_types",
                                JsonArray.of(unusedFallback.stream().sorted().toList())));
        return Arrays.copyOfRange(object, 1, object.length - 1);
    }
}
