package org.valise.devices.changes;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.OrderedUnit;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// Writes what concerns devices at positions of the one order.
public final class DeviceCommits {
    private final OrderedCommits commits;

    public DeviceCommits(OrderedCommits commits) {
        this.commits = commits;
    }

    /// Writes at one position, and returns when it is committed and applied on this node.
    ///
    /// @throws ChangeRefusedException if nothing was written
    public void write(Work work) {
        Unit unit = new Unit(work);
        commits.submit(unit);
        unit.await();
    }

    /// What is to be written together. Called on the committer's thread.
    public interface Work {
        /// About how many rows it writes.
        int rows();

        /// Adds its rows to a batch; called again if the batch must be repeated.
        ///
        /// @param ordinal stands for the position in statements that are positioned
        void addTo(CommitBatch batch, int ordinal);

        /// What readers follow, once it is committed.
        List<? extends Change> changes(long position);
    }

    private static final class Unit implements OrderedUnit {
        private final Work work;
        private final CountDownLatch done = new CountDownLatch(1);
        private int ordinal;
        private volatile @Nullable SQLException refusal;

        Unit(Work work) {
            this.work = work;
        }

        @Override
        public int rows() {
            return work.rows();
        }

        @Override
        public void write(CommitBatch batch) {
            ordinal = batch.position();
            work.addTo(batch, ordinal);
        }

        @Override
        public List<? extends Change> committed(long base) {
            return work.changes(base + ordinal);
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
                throw new ChangeRefusedException(cause);
            }
        }
    }
}
