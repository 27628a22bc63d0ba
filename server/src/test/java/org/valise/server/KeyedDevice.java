package org.valise.server;

import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.LinkedHashMap;
import java.util.Map;

/// A device that has keys for encryption, as far as a server can tell.
final class KeyedDevice {
    static final String ALGORITHM = "signed_curve25519";
    private static final String KEYS = "/_matrix/client/v3/keys/";

    private final TestClient client;
    private final SigningPair identity = new SigningPair();

    KeyedDevice(TestClient client) {
        this.client = client;
    }

    /// A new device of a client, with its identity keys uploaded.
    static KeyedDevice withKeys(TestClient client) {
        var device = new KeyedDevice(client);
        device.uploadIdentity();
        return device;
    }

    TestClient client() {
        return client;
    }

    String user() {
        return client.userId();
    }

    String id() {
        return client.deviceId();
    }

    SigningPair identity() {
        return identity;
    }

    JsonObject deviceKeys() {
        JsonObject keys =
                JsonObject.of(
                        "user_id",
                        user(),
                        "device_id",
                        id(),
                        "algorithms",
                        JsonArray.of("m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"),
                        "keys",
                        JsonObject.of(
                                "ed25519:" + id(),
                                identity.publicKey(),
                                "curve25519:" + id(),
                                new SigningPair().publicKey()));
        return identity.sign(keys, user(), id());
    }

    JsonObject oneTimeKey() {
        return identity.sign(JsonObject.of("key", new SigningPair().publicKey()), user(), id());
    }

    JsonObject fallbackKey() {
        return identity.sign(
                JsonObject.of("key", new SigningPair().publicKey(), "fallback", true),
                user(),
                id());
    }

    JsonObject uploadIdentity() {
        JsonObject keys = deviceKeys();
        upload("device_keys", keys);
        return keys;
    }

    /// New one-time keys by id.
    Map<String, JsonObject> uploadOneTimeKeys(String... ids) {
        Map<String, JsonObject> keys = new LinkedHashMap<>();
        var body = JsonObject.builder();
        for (String id : ids) {
            JsonObject key = oneTimeKey();
            keys.put(id, key);
            body.put(ALGORITHM + ":" + id, key);
        }
        upload("one_time_keys", body.build());
        return keys;
    }

    JsonObject uploadFallbackKey(String id) {
        JsonObject key = fallbackKey();
        upload("fallback_keys", JsonObject.of(ALGORITHM + ":" + id, key));
        return key;
    }

    JsonObject upload(String field, JsonObject keys) {
        return client.post(KEYS + "upload", JsonObject.of(field, keys));
    }

    TestClient.Answer tryUpload(String field, JsonObject keys) {
        return client.send("POST", KEYS + "upload", JsonObject.of(field, keys));
    }

    /// Claims a key of this device: an object of one key by its name, empty if there is none.
    JsonObject claimedBy(TestClient other) {
        JsonObject answer =
                other.post(
                        KEYS + "claim",
                        JsonObject.of(
                                "one_time_keys",
                                JsonObject.of(user(), JsonObject.of(id(), ALGORITHM))));
        return answer.object("one_time_keys")
                .flatMap(users -> users.object(user()))
                .flatMap(devices -> devices.object(id()))
                .orElse(JsonObject.of());
    }

    /// What a client is told of users' keys.
    static JsonObject query(TestClient asking, String... users) {
        var wanted = JsonObject.builder();
        for (String user : users) {
            wanted.put(user, JsonArray.of());
        }
        return asking.post(KEYS + "query", JsonObject.of("device_keys", wanted.build()));
    }

    /// The keys of this device as somebody sees them, null if there are none.
    JsonObject seenBy(TestClient other) {
        return query(other, user())
                .object("device_keys")
                .flatMap(users -> users.object(user()))
                .flatMap(devices -> devices.object(id()))
                .orElse(null);
    }
}
