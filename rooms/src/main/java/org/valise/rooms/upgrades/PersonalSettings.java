package org.valise.rooms.upgrades;

import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;

/// What somebody has set for a room, and wants for the one that replaces it.
@FunctionalInterface
public interface PersonalSettings {
    /// Says of the new room what is said of the old one. Doing it again changes nothing.
    void follow(long userNumber, UserId user, RoomId replaced, RoomId replacement);
}
