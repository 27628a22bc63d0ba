package org.valise.devices.keys;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.rendering.JsonBuffer;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Answers who has which devices and keys: a fixed number of queries, and stored bytes passed on.
public final class KeyQuery {
    private final DeviceKeysStore devices;
    private final CrossSigningStore crossSigning;
    private final RemoteKeys remote;
    private final boolean showNames;

    /// @param showNames whether others see how a user calls a device
    public KeyQuery(
            DeviceKeysStore devices,
            CrossSigningStore crossSigning,
            RemoteKeys remote,
            boolean showNames) {
        this.devices = devices;
        this.crossSigning = crossSigning;
        this.remote = remote;
        this.showNames = showNames;
    }

    /// @param wanted by user the ids of the devices asked for; none: all
    byte[] answer(Caller caller, WantedKeys<List<String>> wanted, Duration patience) {
        Answer answer = new Answer();
        String[] users = wanted.local().keySet().stream().map(UserId::value).toArray(String[]::new);
        if (users.length > 0) {
            addDevices(caller, wanted.local(), users, answer);
            addCrossSigning(caller, users, answer);
        }
        Map<ServerName, JsonObject> answers =
                wanted.remote().isEmpty() ? Map.of() : remote.query(wanted.remote(), patience);
        JsonObject failures = wanted.failures(answers, (server, given) -> addRemote(given, answer));
        return answer.render(failures);
    }

    private void addDevices(
            Caller caller, Map<UserId, List<String>> wanted, String[] users, Answer answer) {
        Map<String, List<String>> only = new LinkedHashMap<>();
        wanted.forEach((user, ids) -> only.put(user.value(), ids));
        for (DeviceKeysStore.OfUser device : devices.ofUsers(users)) {
            Map<String, byte[]> ofUser =
                    answer.devices.computeIfAbsent(device.user(), any -> new TreeMap<>());
            List<String> ids = only.getOrDefault(device.user(), List.of());
            if (device.device() != null && (ids.isEmpty() || ids.contains(device.device()))) {
                boolean named = showNames || device.user().equals(caller.user().value());
                ofUser.put(device.device(), rendered(device, named));
            }
        }
    }

    /// The keys as uploaded, *with the addition of an `unsigned` property*.
    private static byte[] rendered(DeviceKeysStore.OfUser device, boolean named) {
        byte[] keys = Objects.requireNonNull(device.keys());
        JsonBuffer out = new JsonBuffer(keys.length + 80);
        out.raw(keys, 0, keys.length - 1).ascii(",\"unsigned\":{");
        if (named && device.displayName() != null) {
            out.ascii("\"device_display_name\":").string(device.displayName());
        }
        return out.ascii("}}").toBytes();
    }

    private void addCrossSigning(Caller caller, String[] users, Answer answer) {
        List<CrossSigningStore.OfUser> keys = crossSigning.ofUsers(users);
        if (keys.isEmpty()) {
            return;
        }
        long[] owners = keys.stream().mapToLong(key -> key.key().user()).distinct().toArray();
        List<CrossSigningStore.UserSignature> signatures =
                crossSigning.signatures(caller.userNumber(), owners);
        for (CrossSigningStore.OfUser key : keys) {
            CrossSigningStore.Stored stored = key.key();
            // SECURITY: whom a user verified shows in what the user-signing key signed: *servers
            // will only allow users to see signatures made by the user's own user-signing key*.
            if (stored.usage() == CrossSigningUsage.USER_SIGNING
                    && stored.user() != caller.userNumber()) {
                continue;
            }
            byte[] bytes =
                    stored.usage() == CrossSigningUsage.MASTER
                            ? signed(caller, stored, signatures)
                            : stored.keys();
            answer.keys(stored.usage()).put(key.user(), bytes);
        }
    }

    /// The key with what the caller signed of it.
    private static byte[] signed(
            Caller caller,
            CrossSigningStore.Stored key,
            List<CrossSigningStore.UserSignature> signatures) {
        @Nullable JsonObject signed = null;
        for (CrossSigningStore.UserSignature signature : signatures) {
            if (signature.user() == key.user() && signature.publicKey().equals(key.publicKey())) {
                signed =
                        Signatures.with(
                                signed == null ? key.json() : signed,
                                caller.user().value(),
                                signature.keyId(),
                                signature.signature());
            }
        }
        return signed == null ? key.keys() : Json.write(signed);
    }

    private static void addRemote(JsonObject given, Answer answer) {
        JsonObject devices = given.object("device_keys").orElse(JsonObject.of());
        for (String user : devices.keys()) {
            Map<String, byte[]> ofUser =
                    answer.devices.computeIfAbsent(user, any -> new TreeMap<>());
            JsonObject ofDevice = devices.object(user).orElse(JsonObject.of());
            ofDevice.forEach((id, keys) -> ofUser.put(id, Json.write(keys)));
        }
        for (CrossSigningUsage usage :
                List.of(CrossSigningUsage.MASTER, CrossSigningUsage.SELF_SIGNING)) {
            JsonObject keys = given.object(usage.answerField()).orElse(JsonObject.of());
            keys.forEach((user, key) -> answer.keys(usage).put(user, Json.write(key)));
        }
    }

    /// What is found, rendered at last.
    private static final class Answer {
        final Map<String, Map<String, byte[]>> devices = new TreeMap<>();
        final Map<CrossSigningUsage, Map<String, byte[]>> crossSigning =
                new EnumMap<>(CrossSigningUsage.class);

        Answer() {
            for (CrossSigningUsage usage : CrossSigningUsage.values()) {
                crossSigning.put(usage, new TreeMap<>());
            }
        }

        Map<String, byte[]> keys(CrossSigningUsage usage) {
            return Objects.requireNonNull(crossSigning.get(usage));
        }

        byte[] render(JsonObject failures) {
            JsonBuffer out = new JsonBuffer(1 << 14);
            out.ascii("{\"failures\":").value(failures).ascii(",\"device_keys\":{");
            boolean first = true;
            for (Map.Entry<String, Map<String, byte[]>> user : devices.entrySet()) {
                out.ascii(first ? "" : ",").string(user.getKey()).ascii(":");
                members(user.getValue(), out);
                first = false;
            }
            out.ascii("}");
            crossSigning.forEach((usage, keys) -> {
                out.ascii(",").string(usage.answerField()).ascii(":");
                members(keys, out);
            });
            return out.ascii("}").toBytes();
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
}
