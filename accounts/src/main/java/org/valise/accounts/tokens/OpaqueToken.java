package org.valise.accounts.tokens;

import java.security.SecureRandom;
import java.util.Base64;

/// What somebody shows to be let in: 256 random bits. Only its [TokenHash] is stored.
///
/// @param value with a prefix by which scanners for leaked secrets can tell what it is
public record OpaqueToken(String value) {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;

    /// With it a client calls.
    public static OpaqueToken access() {
        return random("valise_");
    }

    /// With it a client gets another access token.
    public static OpaqueToken refresh() {
        return random("valise_refresh_");
    }

    /// With it another device is logged in, once.
    public static OpaqueToken login() {
        return random("valise_login_");
    }

    /// With it another service asks who somebody is.
    public static OpaqueToken openId() {
        return random("valise_openid_");
    }

    private static OpaqueToken random(String prefix) {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new OpaqueToken(
                prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    public TokenHash hash() {
        return TokenHash.of(value);
    }

    @Override
    public String toString() {
        return "OpaqueToken[…]";
    }
}
