package org.valise.platform.stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Tx;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

/// Notices that the database is not the one it was: a standby has taken over, or a backup was
/// restored. A position that was given is never given again, and a node whose memory holds what the
/// database has lost stops.
///
/// A failover breaks every connection, so it is enough to look when a connection is first used. (A
/// pooler between may hide that; then it is noticed at the next start.)
final class Continuity {
    private static final Logger LOG = LoggerFactory.getLogger(Continuity.class);

    private static final String LOOK =
            """
            SELECT stream.jump_if_history_changed(),
                   EXISTS (SELECT 1 FROM stream.commit WHERE position = ?)
            """;

    /// By identity; what the pool has closed is forgotten.
    private final Set<Object> seen = Collections.newSetFromMap(new WeakHashMap<>());

    /// To be called before a connection is written with.
    ///
    /// @param applied the last position that this node has in memory
    /// @return false if the database does not have it any more
    boolean holds(Tx tx, Object physical, long applied) {
        if (seen.contains(physical)) {
            return true;
        }
        Looked looked =
                tx.only(LOOK, row -> new Looked(row.getBoolean(1), row.getBoolean(2)), applied);
        if (looked.jumped) {
            LOG.warn("the database has a new history (failover or restore): positions jump ahead");
        }
        if (looked.hasApplied) {
            seen.add(physical);
        }
        return looked.hasApplied;
    }

    private record Looked(boolean jumped, boolean hasApplied) {}
}
