package org.valise.accounts.sessions;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.changes.AccountChange;
import org.valise.accounts.changes.AccountChange.AccountDeactivated;
import org.valise.accounts.changes.AccountChange.SessionsRevoked;
import org.valise.accounts.changes.AccountChange.StandingChanged;
import org.valise.accounts.tokens.TokenHash;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Change;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// Whose access token is whose, as far as this node has looked it up.
///
/// SECURITY: what was read before a revocation is void from the moment the revocation is applied,
/// also if the reader is slow and remembers it only afterwards: each entry knows when it was read,
/// each revoked user when that was. Without a lock, because the committer must not wait for
/// requests.
final class KnownCallers {
    private static final int MOST = 100_000;
    private static final Duration LONGEST = Duration.ofMinutes(30);

    /// @param readAt the epoch before the database was asked
    /// @param expires when the token does, or null for never
    private record Entry(Caller caller, long readAt, @Nullable Instant expires) {
        boolean isGood(Instant now) {
            return expires == null || now.isBefore(expires);
        }
    }

    private final AtomicLong epoch = new AtomicLong();
    private final Cache<TokenHash, Entry> entries =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(LONGEST).build();

    /// Users and the epoch of their last revocation; outlives every entry that was read before it.
    private final Cache<Long, Long> revoked =
            Caffeine.newBuilder().expireAfterWrite(LONGEST.multipliedBy(2)).build();

    @Nullable Caller find(TokenHash token, Instant now) {
        Entry entry = entries.getIfPresent(token);
        if (entry == null || !entry.isGood(now)) {
            return null;
        }
        Long since = revoked.getIfPresent(entry.caller.userNumber());
        return since == null || entry.readAt >= since ? entry.caller : null;
    }

    /// To be asked before the database is.
    long epoch() {
        return epoch.get();
    }

    void remember(TokenHash token, Caller caller, long readAt, @Nullable Instant expires) {
        entries.put(token, new Entry(caller, readAt, expires));
    }

    void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof AccountChange account && voids(account)) {
                revoked.put(account.user(), epoch.incrementAndGet());
            }
        }
    }

    private static boolean voids(AccountChange change) {
        return change instanceof SessionsRevoked
                || change instanceof StandingChanged
                || change instanceof AccountDeactivated;
    }
}
