package org.valise.protocol.id;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// The name of a key, `algorithm:identifier`, such as `ed25519:auto` or, with a device id,
/// `curve25519:JLAFKJWSCS`.
///
/// Spec: Appendices, "Signing Details" (signing key identifier).
public record KeyId(String value) implements Comparable<KeyId> {
    public static final String ED25519 = "ed25519";

    private static final int MAX_BYTES = 512;

    public KeyId {
        Grammar.require("key id", fault(value));
    }

    private static @Nullable String fault(String value) {
        int colon = value.indexOf(':');
        if (colon <= 0 || colon == value.length() - 1) {
            return "not algorithm:identifier";
        }
        return Grammar.text(value, MAX_BYTES);
    }

    public static KeyId parse(String value) {
        return new KeyId(value);
    }

    public static Optional<KeyId> tryParse(String value) {
        return Grammar.attempt(value, fault(value), KeyId::new);
    }

    public static KeyId ed25519(String identifier) {
        return new KeyId(ED25519 + ":" + identifier);
    }

    public String algorithm() {
        return value.substring(0, value.indexOf(':'));
    }

    public String identifier() {
        return value.substring(value.indexOf(':') + 1);
    }

    public boolean isEd25519() {
        return value.startsWith("ed25519:");
    }

    @Override
    public int compareTo(KeyId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
