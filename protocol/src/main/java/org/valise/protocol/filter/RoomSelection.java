package org.valise.protocol.filter;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;

/// Rooms to include and to exclude. "A matching room will be excluded even if it is listed in the
/// `rooms` filter."
record RoomSelection(@Nullable Set<String> rooms, Set<String> notRooms) {

    static RoomSelection of(FilterReader json) {
        List<String> rooms = json.roomIds("rooms");
        List<String> notRooms = json.roomIds("not_rooms");
        return new RoomSelection(
                rooms == null ? null : Set.copyOf(rooms),
                notRooms == null ? Set.of() : Set.copyOf(notRooms));
    }

    boolean admits(String roomId) {
        return (rooms == null || rooms.contains(roomId)) && !notRooms.contains(roomId);
    }

    boolean admitsEverything() {
        return rooms == null && notRooms.isEmpty();
    }

    boolean admitsNothing() {
        return rooms != null && notRooms.containsAll(rooms);
    }
}
