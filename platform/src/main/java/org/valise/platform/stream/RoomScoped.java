package org.valise.platform.stream;

/// A change that the members of a room are shown.
public interface RoomScoped extends Change {
    /// The room's number.
    long room();
}
