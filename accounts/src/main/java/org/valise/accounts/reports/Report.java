package org.valise.accounts.reports;

import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;

/// What somebody found inappropriate.
public sealed interface Report {
    /// @param sender whose event it is
    record OfEvent(RoomId room, EventId event, UserId sender) implements Report {}

    record OfRoom(RoomId room) implements Report {}

    record OfUser(UserId user) implements Report {}
}
