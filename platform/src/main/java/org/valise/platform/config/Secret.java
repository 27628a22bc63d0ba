package org.valise.platform.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;

/// A password, token or key that never prints: `toString` shows that there is one, not which one.
///
/// Two secrets are compared in constant time.
public final class Secret {
    private static final Secret NONE = new Secret("");
    private static final Pattern IN_AUTHORITY = Pattern.compile("(://[^/?#@:]*:)[^/]*@");
    private static final Pattern IN_QUERY = Pattern.compile("(?i)(password=)[^&]*");

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

    /// A URL without the password that it may carry, for messages.
    public static String masked(String url) {
        return IN_AUTHORITY
                .matcher(IN_QUERY.matcher(url).replaceAll("$1(secret)"))
                .replaceAll("$1(secret)@");
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
