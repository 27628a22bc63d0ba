package org.valise.accounts.sessions;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.tokens.OpaqueToken;

import java.time.Duration;
import java.time.Instant;

/// The tokens of one session: told once, then forgotten.
///
/// @param refresh null if the client cannot refresh: then the access token does not expire
/// @param lifetime of the access token
/// @param expires when that ends
record SessionTokens(
        OpaqueToken access,
        @Nullable OpaqueToken refresh,
        @Nullable Duration lifetime,
        @Nullable Instant expires) {

    static SessionTokens lasting() {
        return new SessionTokens(OpaqueToken.access(), null, null, null);
    }

    static SessionTokens refreshable(Duration lifetime, Instant now) {
        return new SessionTokens(
                OpaqueToken.access(), OpaqueToken.refresh(), lifetime, now.plus(lifetime));
    }

    byte @Nullable [] refreshHash() {
        return refresh == null ? null : refresh.hash().bytes();
    }
}
