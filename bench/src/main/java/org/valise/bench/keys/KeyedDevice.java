package org.valise.bench.keys;

import org.valise.bench.client.Account;
import org.valise.bench.client.MatrixClient;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Base64s;

import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;

/// A device that can be talked to.
public record KeyedDevice(Account account, String id) {
    public static final String ALGORITHM = "signed_curve25519";

    private static final int KEY_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;
    private static final int KEYS_A_REQUEST = 500;

    /// Uploads the identity keys of the account's device.
    public static KeyedDevice of(MatrixClient client, Account account) throws IOException {
        KeyedDevice device = new KeyedDevice(account, client.deviceId(account));
        JsonObject keys =
                JsonObject.of(
                        "user_id",
                        account.userId(),
                        "device_id",
                        device.id,
                        "algorithms",
                        JsonArray.of("m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"),
                        "keys",
                        JsonObject.of(
                                "ed25519:" + device.id,
                                random(KEY_BYTES),
                                "curve25519:" + device.id,
                                random(KEY_BYTES)));
        client.keys("upload", account, JsonObject.of("device_keys", device.signed(keys)));
        return device;
    }

    /// Uploads one-time keys called 0 to `count` - 1.
    public void uploadOneTimeKeys(MatrixClient client, int count) throws IOException {
        for (int from = 0; from < count; from += KEYS_A_REQUEST) {
            JsonObject.Builder keys = JsonObject.builder();
            for (int i = from; i < Math.min(count, from + KEYS_A_REQUEST); i++) {
                keys.put(ALGORITHM + ":" + i, signed(JsonObject.of("key", random(KEY_BYTES))));
            }
            client.keys("upload", account, JsonObject.of("one_time_keys", keys.build()));
        }
    }

    /// Claims one key.
    ///
    /// @return its name; empty if there is none
    public String claim(MatrixClient client, Account claimer) throws IOException {
        JsonObject answer =
                client.keys(
                        "claim",
                        claimer,
                        JsonObject.of(
                                "one_time_keys",
                                JsonObject.of(account.userId(), JsonObject.of(id, ALGORITHM))));
        return answer.object("one_time_keys")
                .flatMap(users -> users.object(account.userId()))
                .flatMap(devices -> devices.object(id))
                .map(keys -> keys.keys().getFirst())
                .orElse("");
    }

    private JsonObject signed(JsonObject keys) {
        return keys.with(
                "signatures",
                JsonObject.of(
                        account.userId(), JsonObject.of("ed25519:" + id, random(SIGNATURE_BYTES))));
    }

    private static String random(int length) {
        byte[] bytes = new byte[length];
        ThreadLocalRandom.current().nextBytes(bytes);
        return Base64s.encode(bytes);
    }
}
