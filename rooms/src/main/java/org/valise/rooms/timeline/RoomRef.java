package org.valise.rooms.timeline;

import org.valise.protocol.id.RoomId;
import org.valise.protocol.roomversion.RoomVersion;

/// A room that this server knows: its number here, its id and its version.
public record RoomRef(long number, RoomId id, RoomVersion version) {}
