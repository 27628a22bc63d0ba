package org.valise.accounts.sessions;

import java.security.SecureRandom;
import java.util.Base64;

/// What a client shows to be let in: 256 random bits. Only its [TokenHash] is stored.
///
/// @param value with a prefix by which scanners for leaked secrets can tell what it is
record AccessToken(String value) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;

    static AccessToken random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new AccessToken(
                "valise_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    TokenHash hash() {
        return TokenHash.of(value);
    }

    @Override
    public String toString() {
        return "AccessToken[…]";
    }
}
