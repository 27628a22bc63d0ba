package org.valise.accounts.changes;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.ChangeReader;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.OrderedUnit;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongFunction;

/// Commits in the one order what readers of accounts follow, with an entry in the log of changes
/// that other nodes and durable followers read.
public final class AccountCommits implements ChangeReader {
    private final Database database;
    private final OrderedCommits commits;
    private final ChangeStore store = new ChangeStore();

    public AccountCommits(Database database, OrderedCommits commits) {
        this.database = database;
        this.commits = commits;
    }

    /// Writes rows at one position, and returns when they are committed and applied on this node.
    ///
    /// @param changes what happened, given the position; at position 0 they are only described
    /// @throws CommitRefusedException if the database refused them: nothing was written
    public void write(Rows rows, LongFunction<List<AccountChange>> changes) {
        var unit = new Unit(rows, changes);
        commits.submit(unit);
        unit.await();
    }

    @Override
    public List<AccountChange> read(long from, long to) {
        return database.read(tx -> store.between(tx, from, to));
    }

    /// Adds the rows of one unit to a batch; may be called again if the batch must be repeated.
    @FunctionalInterface
    public interface Rows {
        /// @param ordinal stands for the position in statements that are positioned
        void addTo(CommitBatch batch, int ordinal);
    }

    private final class Unit implements OrderedUnit {
        private final Rows rows;
        private final LongFunction<List<AccountChange>> changes;
        private final CountDownLatch done = new CountDownLatch(1);
        private int ordinal;
        private volatile @Nullable SQLException refusal;

        Unit(Rows rows, LongFunction<List<AccountChange>> changes) {
            this.rows = rows;
            this.changes = changes;
        }

        @Override
        public int rows() {
            return 2;
        }

        @Override
        public void write(CommitBatch batch) {
            ordinal = batch.position();
            rows.addTo(batch, ordinal);
            changes.apply(0).forEach(change -> store.log(batch, ordinal, change));
        }

        @Override
        public List<? extends Change> committed(long base) {
            return changes.apply(base + ordinal);
        }

        @Override
        public void applied() {
            done.countDown();
        }

        @Override
        public void failed(SQLException cause) {
            refusal = cause;
            done.countDown();
        }

        void await() {
            try {
                done.await();
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
}
