package org.valise.sync.classic;

import org.valise.protocol.id.UserId;
import org.valise.rooms.rendering.JsonBuffer;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The rooms of a response by what the reader is in them.
final class Sections {
    final Map<String, JsonBuffer> joined = new TreeMap<>();
    final Map<String, JsonBuffer> invited = new TreeMap<>();
    final Map<String, JsonBuffer> knocked = new TreeMap<>();
    final Map<String, JsonBuffer> left = new TreeMap<>();

    /// The numbers of joined rooms that are new to the reader.
    final Set<Long> newRooms = new HashSet<>();

    /// Who came into rooms that are not new.
    final Set<UserId> newcomers = new HashSet<>();

    int length() {
        int length = 0;
        for (Map<String, JsonBuffer> section : List.of(joined, invited, knocked, left)) {
            for (JsonBuffer room : section.values()) {
                length += room.length() + 80;
            }
        }
        return length;
    }

    /// Appends `,"rooms":…`.
    ///
    /// @return whether there was anything
    boolean render(JsonBuffer out) {
        if (joined.isEmpty() && invited.isEmpty() && knocked.isEmpty() && left.isEmpty()) {
            return false;
        }
        out.ascii(",\"rooms\":{");
        boolean first = section("join", joined, true, out);
        first = section("invite", invited, first, out);
        first = section("knock", knocked, first, out);
        section("leave", left, first, out);
        out.ascii("}");
        return true;
    }

    private static boolean section(
            String name, Map<String, JsonBuffer> rooms, boolean first, JsonBuffer out) {
        if (rooms.isEmpty()) {
            return first;
        }
        out.ascii(first ? "\"" : ",\"").ascii(name).ascii("\":{");
        boolean firstRoom = true;
        for (Map.Entry<String, JsonBuffer> room : rooms.entrySet()) {
            out.ascii(firstRoom ? "" : ",").string(room.getKey()).ascii(":");
            out.raw(room.getValue().toBytes());
            firstRoom = false;
        }
        out.ascii("}");
        return false;
    }
}
