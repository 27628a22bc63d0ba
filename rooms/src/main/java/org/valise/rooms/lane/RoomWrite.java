package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;

/// Something to do to a room. It may be run several times, each time on fresh state, until what it
/// appended is committed: it must have no effect but through the writer.
@FunctionalInterface
public interface RoomWrite<T extends @Nullable Object> {
    T write(RoomWriter room);
}
