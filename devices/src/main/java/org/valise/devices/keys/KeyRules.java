package org.valise.devices.keys;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What keys that a device uploads must look like.
///
/// Spec: client-server API, "Key algorithms", "Device keys", "One-time and fallback keys".
/// Signatures are not verified here: whoever uses the keys does that, and must.
public final class KeyRules {
    private static final int MAX_DEVICE_KEYS_BYTES = 16 << 10;
    private static final int MAX_ONE_TIME_KEY_BYTES = 4 << 10;
    private static final int MAX_NAME = 255;
    private static final int MAX_ALGORITHMS = 64;
    private static final String SIGNED = "signed_";

    private KeyRules() {}

    /// A device's identity keys, without what other servers would add to them.
    ///
    /// @throws MatrixException `M_BAD_JSON` or `M_INVALID_PARAM`
    static JsonObject deviceKeys(JsonObject given, UserId user, String device) {
        // *Must match the user ID used when logging in.*
        requireSame(given, "user_id", user.value());
        // *Must match the device ID used when logging in.*
        requireSame(given, "device_id", device);
        List<JsonValue> algorithms =
                given.array("algorithms").orElseThrow(() -> missing("algorithms")).values();
        if (algorithms.size() > MAX_ALGORITHMS
                || !algorithms.stream().allMatch(KeyRules::isAlgorithm)) {
            throw bad("\"algorithms\" must be a list of names of algorithms");
        }
        JsonObject keys = given.object("keys").orElseThrow(() -> missing("keys"));
        for (Map.Entry<String, JsonValue> key : keys.entries()) {
            boolean own =
                    KeyId.tryParse(key.getKey())
                            .filter(id -> id.identifier().equals(device))
                            .isPresent();
            // *The names of the properties should be in the format `<algorithm>:<device_id>`.*
            if (!own || !(key.getValue() instanceof JsonString)) {
                throw bad("\"keys\" must be strings called <algorithm>:" + device);
            }
        }
        // *The JSON object must include the public part of the device's Ed25519 key.*
        if (!keys.has(KeyId.ed25519(device).value())) {
            throw bad("\"keys\" lacks ed25519:" + device);
        }
        requireOwnSignatures(given, user);
        JsonObject kept = given.without("unsigned");
        if (encoded(kept).length > MAX_DEVICE_KEYS_BYTES) {
            throw tooLarge("Device keys");
        }
        return kept;
    }

    /// One-time or fallback keys by `<algorithm>:<key_id>`.
    ///
    /// @throws MatrixException `M_BAD_JSON` or `M_INVALID_PARAM`
    static List<OneTimeKey> oneTimeKeys(JsonObject given, UserId user) {
        List<OneTimeKey> keys = new ArrayList<>();
        for (Map.Entry<String, JsonValue> entry : given.entries()) {
            KeyId name =
                    KeyId.tryParse(entry.getKey())
                            .filter(id -> entry.getKey().length() <= MAX_NAME)
                            .orElseThrow(() ->
                                    new MatrixException(
                                            ErrorCode.M_INVALID_PARAM,
                                            "Keys are called <algorithm>:<key_id>"));
            requireKey(name, entry.getValue(), user);
            byte[] json = encoded(entry.getValue());
            if (json.length > MAX_ONE_TIME_KEY_BYTES) {
                throw tooLarge("One-time key " + name);
            }
            keys.add(new OneTimeKey(name.algorithm(), name.identifier(), json));
        }
        return keys;
    }

    /// *There can only be at most one key per algorithm uploaded.*
    static List<OneTimeKey> fallbackKeys(JsonObject given, UserId user) {
        List<OneTimeKey> keys = oneTimeKeys(given, user);
        Set<String> algorithms = new HashSet<>();
        for (OneTimeKey key : keys) {
            if (!algorithms.add(key.algorithm())) {
                throw new MatrixException(
                        ErrorCode.M_INVALID_PARAM,
                        "More than one fallback key for " + key.algorithm());
            }
        }
        return keys;
    }

    /// *A key using this algorithm is represented by an object with the following properties*: key
    /// and signatures. Only unsigned keys may be strings.
    private static void requireKey(KeyId name, JsonValue key, UserId user) {
        switch (key) {
            case JsonString _ when !name.algorithm().startsWith(SIGNED) -> {}
            case JsonObject object -> {
                if (object.string("key").isEmpty()) {
                    throw bad(name + " lacks \"key\"");
                }
                requireOwnSignatures(object, user);
            }
            default -> throw bad(name + " must be an object with \"key\" and \"signatures\"");
        }
    }

    /// SECURITY: nobody can make it look as if somebody else had signed their keys.
    public static void requireOwnSignatures(JsonObject signed, UserId user) {
        JsonObject signatures =
                signed.object("signatures").orElseThrow(() -> missing("signatures"));
        for (Map.Entry<String, JsonValue> entry : signatures.entries()) {
            if (!entry.getKey().equals(user.value())) {
                throw new MatrixException(
                        ErrorCode.M_INVALID_PARAM, "\"signatures\" has those of another user");
            }
            boolean strings =
                    entry.getValue() instanceof JsonObject own
                            && own.entries().stream()
                                    .allMatch(one -> one.getValue() instanceof JsonString);
            if (!strings) {
                throw bad("\"signatures\" must be strings by key id by user id");
            }
        }
    }

    private static void requireSame(JsonObject given, String field, String own) {
        String value = given.string(field).orElseThrow(() -> missing(field));
        if (!value.equals(own)) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM,
                    "\"" + field + "\" must be the one you are logged in with");
        }
    }

    private static boolean isAlgorithm(JsonValue value) {
        return value instanceof JsonString name
                && !name.value().isEmpty()
                && name.value().length() <= MAX_NAME;
    }

    /// Canonical, so that what is the same has the same bytes.
    private static byte[] encoded(JsonValue value) {
        try {
            return value instanceof JsonObject object
                    ? CanonicalJson.encodeLoose(object)
                    : Json.write(value);
        } catch (JsonException e) {
            throw bad("A key that cannot be signed: " + e.getMessage());
        }
    }

    private static MatrixException missing(String field) {
        return bad("\"" + field + "\" is missing, or of the wrong type");
    }

    private static MatrixException bad(String why) {
        return new MatrixException(ErrorCode.M_BAD_JSON, why);
    }

    private static MatrixException tooLarge(String what) {
        return new MatrixException(ErrorCode.M_TOO_LARGE, what + " is too large").status(400);
    }
}
