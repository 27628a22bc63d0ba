package org.valise.accounts.sessions;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.changes.AccountChange;
import org.valise.accounts.changes.AccountChange.AccountDeactivated;
import org.valise.accounts.changes.AccountChange.SessionsRevoked;
import org.valise.accounts.changes.AccountChange.StandingChanged;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Change;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// Whose access token is whose, as far as this node has looked it up.
final class KnownCallers {
    private static final int MOST = 100_000;
    // A net below the stream, no more: nothing relies on it.
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final Cache<TokenHash, Caller> callers =
            Caffeine.newBuilder()
                    .maximumSize(MOST)
                    .expireAfterWrite(LONGEST)
                    .<TokenHash, Caller>evictionListener(
                            (token, caller, cause) -> evicted(token, caller))
                    .build();
    private final ConcurrentHashMap<Long, Set<TokenHash>> tokensOf = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long epoch;

    @Nullable Caller find(TokenHash token) {
        return callers.getIfPresent(token);
    }

    /// To be asked before the database is.
    long epoch() {
        return epoch;
    }

    /// SECURITY: what was read before a revocation must not be remembered after it.
    ///
    /// @param readAt the epoch before the database was asked
    void remember(TokenHash token, Caller caller, long readAt) {
        lock.lock();
        try {
            if (epoch == readAt) {
                tokensOf.compute(
                        caller.userNumber(),
                        (user, tokens) -> {
                            Set<TokenHash> more = tokens == null ? new HashSet<>() : tokens;
                            more.add(token);
                            return more;
                        });
                callers.put(token, caller);
            }
        } finally {
            lock.unlock();
        }
    }

    void apply(List<Change> changes) {
        Set<Long> users = new HashSet<>();
        for (Change change : changes) {
            if (change instanceof SessionsRevoked
                    || change instanceof StandingChanged
                    || change instanceof AccountDeactivated) {
                users.add(((AccountChange) change).user());
            }
        }
        if (users.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            epoch++;
            for (Long user : users) {
                Set<TokenHash> tokens = tokensOf.remove(user);
                if (tokens != null) {
                    callers.invalidateAll(tokens);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void evicted(@Nullable TokenHash token, @Nullable Caller caller) {
        if (token != null && caller != null) {
            tokensOf.computeIfPresent(
                    caller.userNumber(),
                    (user, tokens) -> {
                        tokens.remove(token);
                        return tokens.isEmpty() ? null : tokens;
                    });
        }
    }
}
