package org.valise.platform.stream;

import java.util.List;

/// Reads a module's changes from the database, for a node that did not make them itself.
@FunctionalInterface
public interface ChangeReader {
    /// The changes with positions in `(from, to]`, in any order.
    List<? extends Change> read(long from, long to);
}
