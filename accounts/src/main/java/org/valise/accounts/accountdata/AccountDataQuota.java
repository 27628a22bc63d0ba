package org.valise.accounts.accountdata;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.database.Database;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Keeps users within [AccountDataLimits].
///
/// SECURITY: what a user writes is read as a whole by every first sync. The limits are soft by what
/// several nodes, or several requests at once, let through in the same moments.
///
/// A user's data is counted once, then every write is taken for a new entry. Only when that adds up
/// to too much it is counted anew: writing costs a query now and then.
final class AccountDataQuota {
    private static final int USERS = 20_000;
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private final Database database;
    private final AccountDataStore store;
    private final AccountDataLimits limits;
    private final Cache<Long, AccountDataStore.Usage> atMost =
            Caffeine.newBuilder().maximumSize(USERS).expireAfterWrite(REMEMBERED).build();

    AccountDataQuota(Database database, AccountDataStore store, AccountDataLimits limits) {
        this.database = database;
        this.store = store;
        this.limits = limits;
    }

    /// @param room empty for global data
    /// @throws MatrixException 413 if the user has too much with it
    void claim(long user, String room, String type, String content) {
        int bytes = content.getBytes(StandardCharsets.UTF_8).length;
        AccountDataStore.Usage known = atMost.getIfPresent(user);
        AccountDataStore.Usage next = known == null ? null : known.with(bytes);
        if (next == null || !fits(next)) {
            next = database.read(tx -> store.usageBeside(tx, user, room, type)).with(bytes);
            if (!fits(next)) {
                throw new MatrixException(
                        ErrorCode.M_TOO_LARGE,
                        "An account keeps at most %d entries of account data with %d bytes in all; delete what is not needed"
                                .formatted(limits.entries(), limits.bytes()));
            }
        }
        atMost.put(user, next);
    }

    private boolean fits(AccountDataStore.Usage usage) {
        return usage.entries() <= limits.entries() && usage.bytes() <= limits.bytes();
    }
}
