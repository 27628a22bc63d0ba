package org.valise.devices.keys;

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
    String answerField() {
        return word + "_keys";
    }

    int code() {
        return ordinal();
    }

    static CrossSigningUsage of(int code) {
        return ALL[code];
    }
}
