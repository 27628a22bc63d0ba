package org.valise.accounts.registration;

import org.valise.accounts.uia.Proof;
import org.valise.accounts.uia.Uia;
import org.valise.accounts.users.Account;
import org.valise.accounts.users.AccountKind;
import org.valise.accounts.users.PasswordHasher;
import org.valise.accounts.users.PasswordRules;
import org.valise.accounts.users.UserNumbers;
import org.valise.accounts.users.Users;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;

/// Makes accounts.
public final class Registration {
    private static final String NAME_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
    private static final int NAME_LENGTH = 12;

    private final Database database;
    private final Users users;
    private final UserNumbers numbers;
    private final PasswordHasher hasher;
    private final PasswordRules passwordRules;
    private final RegistrationTokens tokens;
    private final ReservedNames reserved;
    private final Uia uia;
    private final Clock clock;
    private final AcceptedPolicyStore acceptedPolicies = new AcceptedPolicyStore();
    private final SecureRandom random = new SecureRandom();

    public Registration(
            Database database,
            Users users,
            UserNumbers numbers,
            PasswordHasher hasher,
            PasswordRules passwordRules,
            RegistrationTokens tokens,
            ReservedNames reserved,
            Uia uia,
            Clock clock) {
        this.database = database;
        this.users = users;
        this.numbers = numbers;
        this.hasher = hasher;
        this.passwordRules = passwordRules;
        this.tokens = tokens;
        this.reserved = reserved;
        this.uia = uia;
        this.clock = clock;
    }

    /// @throws MatrixException `M_WEAK_PASSWORD`
    void checkPassword(String password) {
        passwordRules.check(password);
    }

    /// The user id that a username would get.
    ///
    /// @throws MatrixException `M_INVALID_USERNAME`, `M_EXCLUSIVE` or `M_USER_IN_USE`
    public UserId available(String username) {
        UserId user = userId(username);
        if (users.find(user).isPresent()) {
            throw inUse();
        }
        return user;
    }

    /// *Homeservers MUST either map the provided username onto a user ID in a logical manner, or
    /// reject any username which does not comply to the grammar*: capitals are mapped, all else is
    /// rejected.
    private UserId userId(String username) {
        String localpart = username.toLowerCase(Locale.ROOT);
        Optional<UserId> user =
                UserId.isStrictLocalpart(localpart)
                        ? UserId.tryParse("@" + localpart + ":" + users.server().value())
                        : Optional.empty();
        if (user.isEmpty()) {
            throw new MatrixException(
                            ErrorCode.M_INVALID_USERNAME,
                            "A username has only the characters a-z, 0-9 and ._=-/+, and the whole"
                                    + " user id no more than 255")
                    .status(400);
        }
        if (reserved.isReserved(user.get())) {
            throw new MatrixException(
                            ErrorCode.M_EXCLUSIVE,
                            "This username is reserved by an application service")
                    .status(400);
        }
        return user.get();
    }

    /// A name for who asked for none.
    UserId generated() {
        var name = new StringBuilder("u");
        for (int i = 1; i < NAME_LENGTH; i++) {
            name.append(NAME_LETTERS.charAt(random.nextInt(NAME_LETTERS.length())));
        }
        return userId(name.toString());
    }

    /// Makes an account and, in the same transaction, what goes with it.
    ///
    /// @throws MatrixException `M_USER_IN_USE`, or `M_FORBIDDEN` if the token has been used up
    ///   since it was checked
    <T> T register(UserId user, String password, Proof proof, WithAccount<T> more) {
        passwordRules.check(password);
        String hash = hasher.hash(password);
        long number = numbers.number(user);
        return database.transactionWithRetry(
                3,
                tx -> {
                    AccountKind kind = spend(tx, number, proof);
                    if (!users.create(tx, number, hash, kind)) {
                        throw inUse();
                    }
                    return more.apply(tx, number);
                });
    }

    /// Makes a guest's account and, in the same transaction, what goes with it.
    <T> T registerGuest(UserId user, WithAccount<T> more) {
        long number = numbers.number(user);
        return database.transactionWithRetry(
                3,
                tx -> {
                    if (!users.create(tx, number, null, AccountKind.GUEST)) {
                        throw inUse();
                    }
                    return more.apply(tx, number);
                });
    }

    /// Makes a full account of a guest's.
    ///
    /// @throws MatrixException as [#register]
    void upgrade(long guest, String password, Proof proof) {
        passwordRules.check(password);
        String hash = hasher.hash(password);
        database.transactionWithRetry(
                3,
                tx -> {
                    AccountKind kind = spend(tx, guest, proof);
                    if (!users.upgradeGuest(tx, guest, hash, kind)) {
                        throw inUse();
                    }
                    return guest;
                });
        users.standingChanged(guest);
    }

    /// Uses up what was shown for registering: what it makes of who showed it.
    private AccountKind spend(Tx tx, long user, Proof proof) {
        uia.spend(tx, proof);
        acceptedPolicies.insert(tx, user, TermsStage.accepted(proof), clock.instant());
        return RegistrationTokenStage.tokenHash(proof).map(token -> use(tx, token)).orElse(false)
                ? AccountKind.ADMINISTRATOR
                : AccountKind.USER;
    }

    /// Makes an account without being asked by a client: for the administrator's tools and for
    /// tests.
    public Account create(String username, String password, boolean admin) {
        UserId user = available(username);
        passwordRules.check(password);
        String hash = hasher.hash(password);
        long number = numbers.number(user);
        AccountKind kind = admin ? AccountKind.ADMINISTRATOR : AccountKind.USER;
        database.run(tx -> {
            if (!users.create(tx, number, hash, kind)) {
                throw inUse();
            }
        });
        return users.find(user).orElseThrow();
    }

    /// On a server without accounts, a token with which the first administrator registers, once. To
    /// be shown to the operator only.
    public Optional<String> firstAdministratorToken() {
        return users.isEmpty()
                ? Optional.of(tokens.createForFirstAdministrator())
                : Optional.empty();
    }

    private boolean use(Tx tx, byte[] tokenHash) {
        return tokens.use(tx, tokenHash)
                .orElseThrow(() ->
                        new MatrixException(
                                ErrorCode.M_FORBIDDEN, "This registration token has been used up"));
    }

    private static MatrixException inUse() {
        return new MatrixException(ErrorCode.M_USER_IN_USE, "This username is taken").status(400);
    }

    /// What goes with a new account.
    interface WithAccount<T> {
        T apply(Tx tx, long user);
    }
}
