package org.valise.accounts.users;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.RateLimits;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;

import java.util.Optional;

/// Judges passwords, the same way for a login and for a stage of user-interactive authentication.
public final class PasswordLogins {
    /// SECURITY: a longer one costs us and nobody has one.
    public static final int LONGEST = 512;

    private final Users users;
    private final PasswordHasher hasher;
    private final RateLimits limits;

    public PasswordLogins(Users users, PasswordHasher hasher, RateLimits limits) {
        this.users = users;
        this.hasher = hasher;
        this.limits = limits;
    }

    public ServerName server() {
        return users.server();
    }

    /// The account, if the password is its own and it is not deactivated.
    ///
    /// SECURITY: who does not exist, has no password or is deactivated gives the same answer after
    /// the same time as a wrong password, and counts against the same limit.
    ///
    /// @param user null if what the client said can be nobody of this server
    /// @throws org.valise.protocol.error.MatrixException `M_USER_LOCKED`, but only to who knows the
    ///   password
    public Optional<Account> check(@Nullable UserId user, String password) {
        if (user != null) {
            limits.check(RateLimit.LOGIN_ACCOUNT, user.value());
        }
        Optional<AccountStore.Stored> stored = user == null ? Optional.empty() : users.stored(user);
        String hash = stored.map(AccountStore.Stored::passwordHash).orElse(null);
        boolean matches = password.length() <= LONGEST && hasher.matches(password, hash);
        if (!matches || stored.isEmpty() || hash == null || stored.get().account().deactivated()) {
            return Optional.empty();
        }
        Account account = stored.get().account();
        if (account.locked()) {
            throw Users.lockedOut();
        }
        if (hasher.outdated(hash)) {
            users.rehash(account.number(), hash, hasher.hash(password));
        }
        return Optional.of(account);
    }
}
