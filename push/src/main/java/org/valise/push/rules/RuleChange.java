package org.valise.push.rules;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.OrderedUnit;
import org.valise.protocol.pushrules.PushRuleChanges;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One change of a user's rules on its way through the ordered commit.
final class RuleChange implements OrderedUnit {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final long userNumber;
    private final long version;
    private final PushRuleChanges changes;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable SQLException failure;
    private int ordinal;

    RuleChange(long userNumber, long version, PushRuleChanges changes) {
        this.userNumber = userNumber;
        this.version = version;
        this.changes = changes;
    }

    @Override
    public int rows() {
        return 1;
    }

    @Override
    public void write(CommitBatch batch) {
        ordinal = batch.position();
        PushRuleStore.write(batch, ordinal, userNumber, version, changes);
    }

    @Override
    public List<Change> committed(long base) {
        return List.of(
                new PushRulesChanged(
                        new StoredRules(userNumber, version, base + ordinal, changes)));
    }

    @Override
    public void applied() {
        done.countDown();
    }

    @Override
    public void failed(SQLException cause) {
        failure = cause;
        done.countDown();
    }

    /// Waits until it is written and applied here; what prevented it, or null.
    @Nullable SQLException await() {
        try {
            if (!done.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                return new SQLException("no outcome within " + LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new SQLException("interrupted while the outcome is unknown", e);
        }
        return failure;
    }
}
