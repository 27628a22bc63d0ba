package org.valise.accounts.openid;

import org.valise.accounts.tokens.OpaqueToken;
import org.valise.accounts.tokens.TokenHash;
import org.valise.platform.database.Database;
import org.valise.protocol.id.UserId;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Tokens that say who somebody is, and let nobody do anything.
public final class OpenIdTokens {
    static final Duration LIFETIME = Duration.ofHours(1);

    private final Database database;
    private final Clock clock;
    private final OpenIdTokenStore store = new OpenIdTokenStore();

    public OpenIdTokens(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    OpaqueToken create(long user) {
        OpaqueToken token = OpaqueToken.openId();
        Instant now = clock.instant();
        database.run(tx -> {
            store.sweep(tx, now);
            store.insert(tx, token.hash(), user, now.plus(LIFETIME));
        });
        return token;
    }

    /// Whose token it is, while it and the account are good.
    Optional<UserId> user(String token) {
        return database.read(tx -> store.user(tx, TokenHash.of(token), clock.instant()))
                .map(UserId::parse);
    }
}
