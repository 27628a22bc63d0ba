package org.valise.platform.stream;

import java.util.List;

/// Whoever keeps something in memory that changes at positions of the stream.
///
/// Called by one thread at a time, in order; must not block on the database or the network.
public interface StreamFollower {
    /// Brings memory up to date. Readers do not see the new position yet.
    default void apply(List<Change> changes) {}

    /// Called when readers see `position`: the moment to wake them up.
    default void applied(List<Change> changes, long position) {}
}
