package org.valise.push.rules;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.ChangeReader;
import org.valise.platform.stream.CommitRefusedException;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.pushrules.DefaultRules;
import org.valise.protocol.pushrules.PushRuleEdit;
import org.valise.protocol.pushrules.PushRuleEditor;
import org.valise.protocol.pushrules.PushRuleSet;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/// The push rules of this server's users: read from memory, changed through the stream.
public final class PushRules implements StreamFollower, ChangeReader {
    /// In rules: a user counts for what they changed.
    private static final long CACHED_RULES = 500_000;

    private static final int LOCKS = 64;
    private static final int ATTEMPTS = 50;
    private static final Duration MAX_PAUSE = Duration.ofMillis(20);

    private final Database database;
    private final OrderedCommits commits;
    private final DefaultRules defaults;
    private final Cache<Long, Known> known =
            Caffeine.newBuilder()
                    .maximumWeight(CACHED_RULES)
                    .weigher((Long _, Known k) -> 1 + k.stored.changes().size())
                    .build();

    /// Changes of one user wait for each other here, so that they seldom have to be made twice.
    private final ReentrantLock[] changing = new ReentrantLock[LOCKS];

    /// What is stored, and the set made of it when somebody asked.
    private static final class Known {
        final StoredRules stored;
        volatile @Nullable PushRuleSet set;

        Known(StoredRules stored) {
            this.stored = stored;
        }

        /// Of two, the one that changed more often.
        static Known newer(Known one, Known other) {
            return other.stored.version() > one.stored.version() ? other : one;
        }
    }

    /// The stream must be told to follow it and to read from it.
    public PushRules(Database database, OrderedCommits commits, DefaultRules defaults) {
        this.database = database;
        this.commits = commits;
        this.defaults = defaults;
        for (int i = 0; i < LOCKS; i++) {
            changing[i] = new ReentrantLock();
        }
    }

    /// A user's rules. The same object as long as they do not change and are asked for.
    public PushRuleSet of(long userNumber, UserId user) {
        return set(known(userNumber), user);
    }

    /// Where in the stream a user's rules last changed; 0: never. `/sync` sends `m.push_rules` when
    /// that is after its token, and always the first time.
    public long changedAt(long userNumber) {
        return known(userNumber).stored.position();
    }

    /// Makes a change and waits until it is stored and seen here.
    ///
    /// @return the rules from now on
    /// @throws org.valise.protocol.error.MatrixException when the change is refused
    public PushRuleSet change(
            long userNumber, UserId user, Function<PushRuleSet, PushRuleEdit> edit) {
        ReentrantLock lock = changing[Math.floorMod(Long.hashCode(userNumber), LOCKS)];
        lock.lock();
        try {
            for (int attempt = 1; ; attempt++) {
                Known before = attempt == 1 ? known(userNumber) : load(userNumber);
                PushRuleSet after =
                        switch (edit.apply(set(before, user))) {
                            case PushRuleEdit.Changed(PushRuleSet rules) -> rules;
                            case PushRuleEdit.Refused refused -> throw refused.exception();
                        };
                if (after.changes().equals(before.stored.changes())) {
                    return after;
                }
                try {
                    new RuleChange(userNumber, before.stored.version() + 1, after.changes())
                            .commit(commits);
                    return after;
                } catch (CommitRefusedException e) {
                    if (!e.isState(PushRuleStore.LOST_UPDATE) || attempt == ATTEMPTS) {
                        throw e;
                    }
                }
                pause();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Says of the room that replaces another what a user's rules say of that one.
    public void followUpgrade(long userNumber, UserId user, RoomId replaced, RoomId replacement) {
        change(
                userNumber,
                user,
                set ->
                        new PushRuleEdit.Changed(
                                PushRuleEditor.followUpgrade(set, replaced, replacement)));
    }

    /// Lets the other node through that changes the same rules.
    private static void pause() {
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(MAX_PAUSE.toNanos()));
    }

    private Known known(long userNumber) {
        Known cached = known.getIfPresent(userNumber);
        return cached == null ? load(userNumber) : cached;
    }

    /// Reads without holding anything: the follower may be faster, and the newer of the two stays.
    private Known load(long userNumber) {
        StoredRules stored =
                database.read(tx -> PushRuleStore.read(tx, userNumber))
                        .orElse(StoredRules.none(userNumber));
        return known.asMap().merge(userNumber, new Known(stored), Known::newer);
    }

    private PushRuleSet set(Known of, UserId user) {
        PushRuleSet set = of.set;
        if (set == null) {
            set = PushRuleSet.of(user, defaults, of.stored.changes());
            of.set = set;
        }
        return set;
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof PushRulesChanged changed) {
                known.asMap().merge(changed.user(), new Known(changed.stored()), Known::newer);
            }
        }
    }

    @Override
    public Set<String> tables() {
        return Set.of("push.rules");
    }

    @Override
    public List<? extends Change> read(News news) {
        return database.read(tx -> PushRuleStore.changed(tx, news.from(), news.to())).stream()
                .map(PushRulesChanged::new)
                .toList();
    }
}
