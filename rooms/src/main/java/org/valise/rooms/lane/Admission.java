package org.valise.rooms.lane;

import org.valise.protocol.id.EventId;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Set;

/// What became of an event of another server.
public sealed interface Admission {
    /// It is part of the room.
    record Accepted(StoredEvent event) implements Admission {}

    /// The room's present state does not allow it: it is kept for those who build on it, and shown
    /// to nobody.
    record SoftFailed(StoredEvent event, String reason) implements Admission {}

    /// It broke the rules when it was sent.
    record Rejected(EventId event, String reason) implements Admission {}

    /// It is known for its content, as part of a state or an auth chain.
    record Outlier(EventId event) implements Admission {}

    /// It has been here before; nothing was done.
    record Known(StoredEvent event) implements Admission {}

    /// It refers to events that are not here; nothing was done.
    record Lacks(Set<EventId> missing) implements Admission {}

    /// It is kept, and judged when what it refers to is here.
    record Waiting(StoredEvent event, Set<EventId> missing) implements Admission {}

    /// It is not an ancestor of anything here that misses one; nothing was done.
    record Unrelated(EventId event) implements Admission {}

    /// The state that was given with it cannot be the state of this room; nothing was done.
    record Unbelievable(String reason) implements Admission {}

    /// It is not an event at all, of another room, or not signed as it must be; nothing was done.
    record Dropped(String reason) implements Admission {}
}
