package org.valise.accounts.users;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A stored Argon2id hash in its usual text form, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
record PasswordHash(PasswordCost cost, byte[] salt, byte[] digest) {
    private static final Pattern FORM =
            Pattern.compile(
                    "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d{1,2})\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

    /// Empty for a form that this release does not know (an import that went wrong): nobody can log
    /// in with it.
    static Optional<PasswordHash> tryParse(String stored) {
        Matcher form = FORM.matcher(stored);
        if (!form.matches()) {
            return Optional.empty();
        }
        var cost =
                new PasswordCost(
                        Integer.parseInt(form.group(1)),
                        Integer.parseInt(form.group(2)),
                        Integer.parseInt(form.group(3)));
        Base64.Decoder base64 = Base64.getDecoder();
        try {
            return Optional.of(
                    new PasswordHash(
                            cost, base64.decode(form.group(4)), base64.decode(form.group(5))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// SECURITY: takes as long for every wrong password.
    boolean sameDigest(byte[] other) {
        return MessageDigest.isEqual(digest, other);
    }

    @Override
    public String toString() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
                .formatted(
                        cost.memoryKib(),
                        cost.iterations(),
                        cost.parallelism(),
                        base64.encodeToString(salt),
                        base64.encodeToString(digest));
    }
}
