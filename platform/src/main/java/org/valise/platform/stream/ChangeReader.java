package org.valise.platform.stream;

import java.util.List;
import java.util.Set;

/// Reads a module's changes from the database, for a node that did not make them itself.
public interface ChangeReader {
    /// The tables that it reads, each with an index on its column `position`. It is asked only when
    /// one of them has news.
    Set<String> tables();

    /// The changes with positions in `(from, to]`, in any order.
    List<? extends Change> read(News news);

    /// What other nodes have written.
    ///
    /// @param tables those that have rows behind `from`
    record News(long from, long to, Set<String> tables) {
        public boolean isIn(String table) {
            return tables.contains(table);
        }
    }
}
