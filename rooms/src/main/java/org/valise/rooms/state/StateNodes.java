package org.valise.rooms.state;

/// Where nodes that are not in memory come from.
public interface StateNodes {
    /// @throws IllegalStateException if there is no such node: the database is damaged
    StateNode load(long blob, int offset);
}
