package org.valise.devices.changes;

import org.valise.platform.stream.Change;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.CommitRefusedException;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.WaitingUnit;

import java.util.List;

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
        try {
            new Unit(work).commit(commits);
        } catch (CommitRefusedException e) {
            throw new ChangeRefusedException(e);
        }
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

    private static final class Unit extends WaitingUnit {
        private final Work work;
        private int ordinal;

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
    }
}
