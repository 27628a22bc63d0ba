package org.valise.accounts.changes;

import org.valise.platform.database.Database;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.ChangeReader;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.WaitingUnit;

import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/// Commits in the one order what readers of accounts follow, with an entry in the log of changes
/// that other nodes and durable followers read.
public final class AccountCommits implements ChangeReader {
    /// What `accounts.must` raises: what the commit relied on no longer held. Whoever looks again
    /// may try again.
    public static final String OUTRUN = "VA001";

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
    /// @throws org.valise.platform.stream.CommitRefusedException if the database refused them:
    ///   nothing was written
    public void write(Rows rows, LongFunction<List<AccountChange>> changes) {
        new Unit(rows, changes).commit(commits);
    }

    @Override
    public Set<String> tables() {
        return Set.of("accounts.change");
    }

    @Override
    public List<AccountChange> read(News news) {
        return database.read(tx -> store.between(tx, news.from(), news.to()));
    }

    /// Adds the rows of one unit to a batch; may be called again if the batch must be repeated.
    @FunctionalInterface
    public interface Rows {
        /// @param ordinal stands for the position in statements that are positioned
        void addTo(CommitBatch batch, int ordinal);
    }

    private final class Unit extends WaitingUnit {
        private final Rows rows;
        private final LongFunction<List<AccountChange>> changes;
        private int ordinal;

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
    }
}
