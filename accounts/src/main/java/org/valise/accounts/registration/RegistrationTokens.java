package org.valise.accounts.registration;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.registration.RegistrationTokenStore.Grant;
import org.valise.accounts.tokens.TokenHash;
import org.valise.platform.database.Database;
import org.valise.platform.database.Tx;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// What lets people register while registration is closed. Only hashes are stored. Spec:
/// client-server API, "Token-authenticated registration".
public final class RegistrationTokens {
    /// *An opaque string using the Opaque Identifier Grammar, with maximum length of 64
    /// characters.*
    private static final Pattern GRAMMAR = Pattern.compile("[0-9A-Za-z._~-]{1,64}");

    private static final int RANDOM_BYTES = 24;
    private static final Duration FIRST_ADMINISTRATOR_LIFETIME = Duration.ofDays(7);

    private final Database database;
    private final Clock clock;
    private final RegistrationTokenStore store = new RegistrationTokenStore();
    private final SecureRandom random = new SecureRandom();
    private final List<byte[]> configured;

    /// @param configured tokens of the configuration, good for any number of accounts
    public RegistrationTokens(Database database, Clock clock, List<String> configured) {
        this.database = database;
        this.clock = clock;
        this.configured = configured.stream().map(RegistrationTokens::hash).toList();
    }

    /// Makes a token.
    ///
    /// @param uses how many accounts it makes; empty for any number
    /// @param expires null for never
    public String create(OptionalInt uses, boolean makesAdmin, @Nullable Instant expires) {
        Integer allowed = uses.isPresent() ? uses.getAsInt() : null;
        return create(allowed, makesAdmin, false, expires);
    }

    /// Makes a token for one administrator. All such tokens die with the first use of one of them.
    String createForFirstAdministrator() {
        return create(1, true, true, clock.instant().plus(FIRST_ADMINISTRATOR_LIFETIME));
    }

    private String create(
            @Nullable Integer uses,
            boolean makesAdmin,
            boolean firstAdministrator,
            @Nullable Instant expires) {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        database.run(tx ->
                store.insert(
                        tx,
                        hash(token),
                        uses,
                        makesAdmin,
                        firstAdministrator,
                        clock.instant(),
                        expires));
        return token;
    }

    /// Whether an account could be made with it at this moment.
    public boolean isValid(String token) {
        return GRAMMAR.matcher(token).matches()
                && (isConfigured(hash(token))
                        || database.read(tx -> store.isValid(tx, hash(token), clock.instant())));
    }

    /// Takes a token back; false if there is none such.
    public boolean revoke(String token) {
        return database.read(tx -> store.delete(tx, hash(token)));
    }

    /// Counts a use and says whether it makes an administrator; empty if it is not or no longer
    /// valid.
    Optional<Boolean> use(Tx tx, byte[] hash) {
        if (isConfigured(hash)) {
            return Optional.of(false);
        }
        Grant grant = store.use(tx, hash, clock.instant());
        if (grant == null) {
            return Optional.empty();
        }
        if (grant.firstAdministrator()) {
            store.deleteFirstAdministrator(tx);
        }
        return Optional.of(grant.admin());
    }

    private boolean isConfigured(byte[] hash) {
        return configured.stream().anyMatch(known -> MessageDigest.isEqual(known, hash));
    }

    static byte[] hash(String token) {
        return TokenHash.of(token).bytes();
    }
}
