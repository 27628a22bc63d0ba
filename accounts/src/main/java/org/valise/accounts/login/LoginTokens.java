package org.valise.accounts.login;

import org.valise.accounts.tokens.OpaqueToken;
import org.valise.accounts.tokens.TokenHash;
import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
import org.valise.accounts.users.Account;
import org.valise.accounts.users.Users;
import org.valise.platform.database.Database;
import org.valise.protocol.id.UserId;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Tokens with which somebody who is logged in lets another device in, once and soon. Spec:
/// client-server API, POST /login/get_token
public final class LoginTokens {
    /// *`120000` (2 minutes) is recommended as a default.*
    static final Duration LIFETIME = Duration.ofMinutes(2);

    private final Database database;
    private final Users users;
    private final Uia uia;
    private final Clock clock;
    private final LoginTokenStore store = new LoginTokenStore();

    public LoginTokens(Database database, Users users, Uia uia, Clock clock) {
        this.database = database;
        this.users = users;
        this.uia = uia;
        this.clock = clock;
    }

    /// @param session who asks: when that is logged out, the token is void
    OpaqueToken create(long session, Proof proof) {
        OpaqueToken token = OpaqueToken.login();
        Instant now = clock.instant();
        database.run(tx -> {
            uia.spend(tx, proof);
            store.sweep(tx, now);
            store.insert(tx, token.hash(), session, now.plus(LIFETIME));
        });
        return token;
    }

    /// The account that a token logs in; the token is used up. *The generated token MUST only be
    /// valid for a single login.*
    ///
    /// @throws org.valise.protocol.error.MatrixException `M_USER_LOCKED`
    Optional<Account> use(String token) {
        Optional<Account> account =
                database.read(tx -> store.use(tx, TokenHash.of(token), clock.instant()))
                        .map(UserId::parse)
                        .flatMap(users::find)
                        .filter(found -> !found.deactivated());
        if (account.isPresent() && account.get().locked()) {
            throw Users.lockedOut();
        }
        return account;
    }
}
