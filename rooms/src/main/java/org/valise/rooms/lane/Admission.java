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
    record Rejected(StoredEvent event, String reason) implements Admission {}

    /// It has been here before; nothing was done.
    record Known(StoredEvent event) implements Admission {}

    /// It refers to events that are not here; nothing was done.
    record Lacks(Set<EventId> missing) implements Admission {}
}
