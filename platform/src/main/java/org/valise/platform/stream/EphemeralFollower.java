package org.valise.platform.stream;

import java.util.List;

/// Whoever keeps in memory what the small order tells.
@FunctionalInterface
public interface EphemeralFollower {
    /// Called by one thread at a time, in order of position, before the order says that it is at
    /// `position`. Values that were overwritten meanwhile are skipped.
    void apply(List<EphemeralEntry> entries, long position);
}
