package org.valise.platform.stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Database;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How far this node has got in the one order. Everything up to [#applied()] is in its memory.
public final class Stream {
    private static final Logger LOG = LoggerFactory.getLogger(Stream.class);
    static final String LAST_POSITION = "SELECT stream.last_position()";
    private static final String JUMP = "SELECT stream.jump()";

    /// Whether a commit took place is asked within seconds of it.
    private static final String PRUNE =
            """
            DELETE FROM stream.commit
            WHERE at < now() - interval '10 minutes' AND position < stream.last_position()
            """;

    private final Database database;
    private final List<StreamFollower> followers = new CopyOnWriteArrayList<>();
    private final Readers readers = new Readers();
    private final List<Runnable> publishedHooks = new CopyOnWriteArrayList<>();
    private final ReentrantLock applying = new ReentrantLock();
    private final ReentrantLock waiting = new ReentrantLock();
    private final Condition advanced = waiting.newCondition();
    private volatile long applied;
    private volatile Runnable onLost =
            () -> LOG.error("the database has lost what this node has in memory");

    public Stream(Database database) {
        this.database = database;
    }

    /// Followers are told in the order in which they were added; all must be added before the
    /// start.
    public void follow(StreamFollower follower) {
        followers.add(follower);
    }

    public void read(ChangeReader reader) {
        readers.add(reader);
    }

    /// Called after this node has published a commit of its own.
    void onPublished(Runnable hook) {
        publishedHooks.add(hook);
    }

    /// Begins at what is in the database, at a position far ahead of all before: what is there may
    /// have been restored from a backup, and clients may have seen more.
    public void start() {
        applied = database.read(tx -> tx.only(JUMP, row -> row.getLong(1)));
    }

    /// What to do when the database has lost what this node has in memory (a failover to a standby
    /// that lagged behind, a restore under a running server): it must not go on with that. Called
    /// at most once, on a thread of its own.
    public void onLost(Runnable action) {
        onLost = action;
    }

    void lost() {
        Runnable action = onLost;
        onLost = () -> {};
        Thread.ofPlatform().name("lost history").start(action);
    }

    public long applied() {
        return applied;
    }

    /// The last position that any node has committed.
    public long lastPosition() {
        return database.read(tx -> tx.one(LAST_POSITION, row -> row.getLong(1)).orElse(0L));
    }

    /// Deletes the rows of commits that nobody asks for any more.
    public void prune() {
        database.read(tx -> tx.update(PRUNE));
    }

    /// Waits until `position` is applied here.
    ///
    /// @return false if that took longer than `limit`
    public boolean await(long position, Duration limit) throws InterruptedException {
        if (applied >= position) {
            return true;
        }
        long left = limit.toNanos();
        waiting.lockInterruptibly();
        try {
            while (applied < position) {
                if (left <= 0) {
                    return false;
                }
                left = advanced.awaitNanos(left);
            }
            return true;
        } finally {
            waiting.unlock();
        }
    }

    /// Applies a commit of this node, after what other nodes committed before it.
    ///
    /// @param settled run when readers may see it and before those who wait are woken: who wrote is
    ///   answered first, because clients take it badly when their own event comes before its id
    void publish(long base, long to, List<Change> changes, Runnable settled) {
        applying.lock();
        try {
            if (applied < base) {
                catchUpTo(base, readers.look(database, applied));
            }
            if (applied == base) {
                apply(changes, to, settled);
            } else {
                settled.run(); // the follower was faster and has read it from the database
            }
        } finally {
            applying.unlock();
        }
        publishedHooks.forEach(Runnable::run);
    }

    /// Reads and applies what other nodes committed.
    void catchUp() {
        long before = applied;
        Readers.Found found = readers.look(database, before);
        if (found.last() < before) {
            lost();
            return;
        }
        if (found.last() <= applied) {
            return;
        }
        applying.lock();
        try {
            if (found.last() > applied) {
                catchUpTo(found.last(), found);
            }
        } finally {
            applying.unlock();
        }
    }

    /// @param found what there is behind a position not later than [#applied()]
    private void catchUpTo(long position, Readers.Found found) {
        apply(readers.read(applied, position, found), position, () -> {});
    }

    private void apply(List<Change> changes, long position, Runnable settled) {
        for (StreamFollower follower : followers) {
            guarded(follower, () -> follower.apply(changes));
        }
        applied = position;
        waiting.lock();
        try {
            advanced.signalAll();
        } finally {
            waiting.unlock();
        }
        settled.run();
        for (StreamFollower follower : followers) {
            guarded(follower, () -> follower.applied(changes, position));
        }
    }

    /// What is committed stays committed: a follower's fault must not make it look refused.
    private static void guarded(StreamFollower follower, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            LOG.error("{} failed to follow the stream", follower.getClass().getName(), e);
        }
    }
}
