package org.valise.devices.keys;

import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonObject;

import java.util.Arrays;

/// Signatures on keys: what is signed stays, signatures come to it.
public final class Signatures {
    private static final String SIGNATURES = "signatures";

    private Signatures() {}

    /// What of a key is signed.
    public static JsonObject signed(JsonObject key) {
        return key.without(SIGNATURES, "unsigned");
    }

    /// Whether two are the same key, whoever signed them.
    public static boolean isSame(JsonObject one, JsonObject other) {
        return Arrays.equals(
                CanonicalJson.encodeLoose(signed(one)), CanonicalJson.encodeLoose(signed(other)));
    }

    /// The key as given, with the signatures that it had before if it is still the same.
    static JsonObject mergedIfSame(JsonObject known, JsonObject given) {
        if (!isSame(known, given)) {
            return given;
        }
        JsonObject merged = given;
        JsonObject before = known.object(SIGNATURES).orElse(JsonObject.of());
        for (String user : before.keys()) {
            JsonObject ofUser = before.object(user).orElse(JsonObject.of());
            for (String key : ofUser.keys()) {
                if (!has(merged, user, key)) {
                    merged = with(merged, user, key, ofUser.string(key).orElse(""));
                }
            }
        }
        return merged;
    }

    private static boolean has(JsonObject key, String user, String keyId) {
        return key.object(SIGNATURES)
                .flatMap(all -> all.object(user))
                .filter(ofUser -> ofUser.has(keyId))
                .isPresent();
    }

    /// The key with one signature more.
    public static JsonObject with(JsonObject key, String user, String keyId, String signature) {
        JsonObject all = key.object(SIGNATURES).orElse(JsonObject.of());
        JsonObject ofUser = all.object(user).orElse(JsonObject.of());
        return key.with(SIGNATURES, all.with(user, ofUser.with(keyId, signature)));
    }
}
