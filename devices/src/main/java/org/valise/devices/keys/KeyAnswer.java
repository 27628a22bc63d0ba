package org.valise.devices.keys;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.rendering.JsonBuffer;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// What was found of users' devices and keys, rendered at last: stored bytes are passed on.
final class KeyAnswer {
    /// What others see of a user's cross-signing keys.
    private static final List<CrossSigningUsage> PUBLIC =
            List.of(CrossSigningUsage.MASTER, CrossSigningUsage.SELF_SIGNING);

    private final Map<String, Map<String, byte[]>> devices = new TreeMap<>();
    private final Map<CrossSigningUsage, Map<String, byte[]>> crossSigning =
            new EnumMap<>(CrossSigningUsage.class);

    KeyAnswer() {
        for (CrossSigningUsage usage : CrossSigningUsage.values()) {
            crossSigning.put(usage, new TreeMap<>());
        }
    }

    /// Keys by device id, to be filled; the user is in the answer from here on.
    Map<String, byte[]> devicesOf(String user) {
        return devices.computeIfAbsent(user, any -> new TreeMap<>());
    }

    /// Keys by user, to be filled.
    Map<String, byte[]> keys(CrossSigningUsage usage) {
        return Objects.requireNonNull(crossSigning.get(usage));
    }

    /// Adds what another server answered.
    void add(JsonObject given) {
        JsonObject users = given.object("device_keys").orElse(JsonObject.of());
        for (String user : users.keys()) {
            Map<String, byte[]> ofUser = devicesOf(user);
            users.object(user)
                    .orElse(JsonObject.of())
                    .forEach((id, keys) -> ofUser.put(id, Json.write(keys)));
        }
        for (CrossSigningUsage usage : PUBLIC) {
            usage.of(given).forEach((user, key) -> keys(usage).put(user, Json.write(key)));
        }
    }

    byte[] forClient(JsonObject failures) {
        JsonBuffer out = new JsonBuffer(1 << 14);
        out.ascii("{\"failures\":").value(failures).ascii(",");
        render(List.of(CrossSigningUsage.values()), out);
        return out.ascii("}").toBytes();
    }

    byte[] forServer() {
        JsonBuffer out = new JsonBuffer(1 << 14).ascii("{");
        render(PUBLIC, out);
        return out.ascii("}").toBytes();
    }

    private void render(List<CrossSigningUsage> usages, JsonBuffer out) {
        out.ascii("\"device_keys\":{");
        boolean first = true;
        for (Map.Entry<String, Map<String, byte[]>> user : devices.entrySet()) {
            out.ascii(first ? "" : ",").string(user.getKey()).ascii(":");
            members(user.getValue(), out);
            first = false;
        }
        out.ascii("}");
        for (CrossSigningUsage usage : usages) {
            out.ascii(",").string(usage.answerField()).ascii(":");
            members(keys(usage), out);
        }
    }

    private static void members(Map<String, byte[]> values, JsonBuffer out) {
        out.ascii("{");
        boolean first = true;
        for (Map.Entry<String, byte[]> value : values.entrySet()) {
            out.ascii(first ? "" : ",").string(value.getKey()).ascii(":").raw(value.getValue());
            first = false;
        }
        out.ascii("}");
    }
}
