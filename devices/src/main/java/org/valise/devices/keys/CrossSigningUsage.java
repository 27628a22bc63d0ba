package org.valise.devices.keys;

import org.valise.protocol.json.JsonObject;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a cross-signing key is for. The codes are stored.
public enum CrossSigningUsage {
    MASTER("master"),
    SELF_SIGNING("self_signing"),
    USER_SIGNING("user_signing");

    private static final CrossSigningUsage[] ALL = values();

    private final String word;

    CrossSigningUsage(String word) {
        this.word = word;
    }

    /// As in a key's `usage`.
    public String word() {
        return word;
    }

    /// The field of requests: `master_key`.
    public String field() {
        return word + "_key";
    }

    /// The field of answers: `master_keys`.
    public String answerField() {
        return word + "_keys";
    }

    /// These keys by user in an answer about keys.
    public Map<String, JsonObject> of(JsonObject answer) {
        Map<String, JsonObject> keys = new LinkedHashMap<>();
        JsonObject users = answer.object(answerField()).orElse(JsonObject.of());
        users.keys().forEach(user -> users.object(user).ifPresent(key -> keys.put(user, key)));
        return keys;
    }

    /// The public part of a cross-signing key, which has exactly one.
    public static Optional<String> publicKey(JsonObject key) {
        JsonObject keys = key.object("keys").orElse(JsonObject.of());
        return keys.size() == 1 ? keys.string(keys.keys().getFirst()) : Optional.empty();
    }

    int code() {
        return ordinal();
    }

    static CrossSigningUsage of(int code) {
        return ALL[code];
    }
}
