package org.valise.devices.remote;

import org.jspecify.annotations.Nullable;
import org.valise.devices.keys.CrossSigningUsage;
import org.valise.protocol.id.DeviceId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What of another server's word about the devices of its users is taken. Pure.
///
/// SECURITY: a server speaks for nobody but its own users, and what it says is bounded. Whether
/// keys are signed as they should be is for clients to check, who must not trust any server.
final class RemoteKeyRules {
    /// A device's keys with their signatures.
    private static final int MOST_BYTES = 64 << 10;

    private static final int MOST_CHARS_OF_A_NAME = 1_000;
    private static final int MOST_DEVICES = 1_000;

    /// Answers of up to so many bytes are read for one user.
    static final long MOST_BYTES_OF_A_USER = 4L << 20;

    private RemoteKeyRules() {}

    /// What `GET /user/devices` says; empty if it is not of that user.
    static Optional<RemoteList> list(UserId user, JsonObject answer) {
        JsonArray listed = answer.array("devices").orElse(JsonArray.of());
        if (!answer.string("user_id").filter(user.value()::equals).isPresent()
                || listed.size() > MOST_DEVICES) {
            return Optional.empty();
        }
        Map<String, JsonObject> devices = new HashMap<>();
        for (JsonObject device : listed.objects()) {
            String id = device.string("device_id").orElse("");
            device.object("keys")
                    .flatMap(keys -> device(user, id, keys, name(device)))
                    .ifPresent(keys -> devices.put(id, keys));
        }
        return Optional.of(
                new RemoteList(
                        answer.integer("stream_id").orElse(null),
                        devices,
                        crossSigningKey(user, CrossSigningUsage.MASTER, answer),
                        crossSigningKey(user, CrossSigningUsage.SELF_SIGNING, answer)));
    }

    /// What the answer to `POST /user/keys/query` says of a user.
    static RemoteList listIn(JsonObject answer, UserId user) {
        JsonObject given =
                answer.object("device_keys")
                        .flatMap(users -> users.object(user.value()))
                        .orElse(JsonObject.of());
        Map<String, JsonObject> devices = new HashMap<>();
        for (Map.Entry<String, JsonValue> device : given.entries()) {
            if (device.getValue() instanceof JsonObject keys && devices.size() < MOST_DEVICES) {
                JsonObject unsigned = keys.object("unsigned").orElse(JsonObject.of());
                device(user, device.getKey(), keys, name(unsigned))
                        .ifPresent(known -> devices.put(device.getKey(), known));
            }
        }
        return new RemoteList(
                null,
                devices,
                queried(user, CrossSigningUsage.MASTER, answer),
                queried(user, CrossSigningUsage.SELF_SIGNING, answer));
    }

    /// A device as clients are shown it: *with the addition of an `unsigned` property*. Empty if it
    /// is none of that user's.
    static Optional<JsonObject> device(
            UserId user, String id, JsonObject keys, @Nullable String displayName) {
        if (DeviceId.tryParse(id).isEmpty()
                || !keys.string("user_id").filter(user.value()::equals).isPresent()
                || !keys.string("device_id").filter(id::equals).isPresent()) {
            return Optional.empty();
        }
        JsonObject unsigned =
                JsonObject.builder().putIfPresent("device_display_name", displayName).build();
        return Optional.of(keys.with("unsigned", unsigned)).filter(RemoteKeyRules::isOfSomeSize);
    }

    /// How an update or an entry of a list calls a device; null if it has no name.
    static @Nullable String name(JsonObject device) {
        return device.string("device_display_name")
                .filter(name -> name.length() <= MOST_CHARS_OF_A_NAME)
                .orElse(null);
    }

    /// A key in the field `master_key` or `self_signing_key`; null if there is none of that user's.
    static @Nullable JsonObject crossSigningKey(
            UserId user, CrossSigningUsage usage, JsonObject holder) {
        return holder.object(usage.field()).filter(key -> is(key, user, usage)).orElse(null);
    }

    private static @Nullable JsonObject queried(
            UserId user, CrossSigningUsage usage, JsonObject answer) {
        return answer.object(usage.answerField())
                .flatMap(users -> users.object(user.value()))
                .filter(key -> is(key, user, usage))
                .orElse(null);
    }

    private static boolean is(JsonObject key, UserId user, CrossSigningUsage usage) {
        return key.string("user_id").filter(user.value()::equals).isPresent()
                && key.array("usage")
                        .filter(all -> all.strings().contains(usage.word()))
                        .isPresent()
                && CrossSigningUsage.publicKey(key).isPresent()
                && isOfSomeSize(key);
    }

    private static boolean isOfSomeSize(JsonObject key) {
        return Json.write(key).length <= MOST_BYTES;
    }

    /// Of one-time keys those that were asked for, one for each device.
    ///
    /// @param wanted algorithms by device by user
    static JsonObject claimed(JsonObject wanted, JsonObject answer) {
        JsonObject given = answer.object("one_time_keys").orElse(JsonObject.of());
        var claimed = JsonObject.builder();
        for (String user : wanted.keys()) {
            JsonObject ofUser = given.object(user).orElse(JsonObject.of());
            JsonObject algorithms = wanted.object(user).orElse(JsonObject.of());
            var devices = JsonObject.builder();
            for (String device : algorithms.keys()) {
                String prefix = algorithms.string(device).orElse("") + ":";
                ofUser.object(device)
                        .flatMap(keys -> first(keys, prefix))
                        .ifPresent(key -> devices.put(device, key));
            }
            if (!devices.isEmpty()) {
                claimed.put(user, devices.build());
            }
        }
        return claimed.build();
    }

    private static Optional<JsonObject> first(JsonObject keys, String prefix) {
        return keys.keys().stream()
                .filter(name -> name.startsWith(prefix))
                .findFirst()
                .map(name -> JsonObject.of(name, keys.get(name)))
                .filter(RemoteKeyRules::isOfSomeSize);
    }
}
