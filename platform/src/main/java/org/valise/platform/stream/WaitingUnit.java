package org.valise.platform.stream;

import org.jspecify.annotations.Nullable;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A unit whose maker waits for it: what is left to say is what it writes and what came of it.
///
/// To be used once.
public abstract class WaitingUnit implements OrderedUnit {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable SQLException refusal;

    @Override
    public final void applied() {
        done.countDown();
    }

    @Override
    public final void failed(SQLException cause) {
        refusal = cause;
        done.countDown();
    }

    /// Hands it over, and returns when it is committed and applied on this node.
    ///
    /// @throws CommitRefusedException if the database refused it: nothing was written
    /// @throws IllegalStateException if nothing is known of it yet: it may still be written
    public final void commit(OrderedCommits commits) {
        commits.submit(this);
        try {
            if (!done.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("no outcome of a commit within " + LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a commit was under way", e);
        }
        SQLException cause = refusal;
        if (cause != null) {
            throw new CommitRefusedException(cause);
        }
    }
}
