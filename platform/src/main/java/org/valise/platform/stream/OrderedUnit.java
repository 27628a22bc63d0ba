package org.valise.platform.stream;

import java.sql.SQLException;
import java.util.List;

/// What must be written together, in order, or not at all.
///
/// All methods are called on the committer's thread. `write` may be called again when a batch had
/// to be split or repeated.
public interface OrderedUnit {
    /// Units of one group build on each other: when one fails, those after it fail as well. Units
    /// without such ties return themselves.
    default Object group() {
        return this;
    }

    /// Whether it was built on something that did not come to pass. Such a unit is not written.
    default boolean stale() {
        return false;
    }

    /// About how many rows it writes.
    int rows();

    void write(CommitBatch batch);

    /// It is committed; `base` plus the ordinals that [CommitBatch#position()] gave are the
    /// positions.
    ///
    /// @return the changes that readers follow, in order of position
    List<? extends Change> committed(long base);

    /// The changes are applied on this node: the moment to acknowledge.
    void applied();

    /// It was not written and will not be. `stale` units are told with [StaleUnitException].
    void failed(SQLException cause);
}
