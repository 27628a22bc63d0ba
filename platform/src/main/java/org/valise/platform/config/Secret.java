package org.valise.platform.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A password, token or key that never prints: `toString` shows that there is one, not which one.
///
/// Two secrets are compared in constant time.
public final class Secret {
    private static final Secret NONE = new Secret("");
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        return value.isEmpty() ? NONE : new Secret(value);
    }

    /// No secret: for example a database that trusts the connection.
    public static Secret none() {
        return NONE;
    }

    /// The secret itself. Every caller of this method is a place to review.
    public String reveal() {
        return value;
    }

    public boolean isPresent() {
        return !value.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        // SECURITY: a comparison that stops at the first difference tells a guesser how far they
        // got.
        return other instanceof Secret that && MessageDigest.isEqual(bytes(), that.bytes());
    }

    @Override
    public int hashCode() {
        return 0; // SECURITY: even a hash may end in a log.
    }

    @Override
    public String toString() {
        return isPresent() ? "(secret)" : "(none)";
    }

    private byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
