package org.valise.protocol.authrules;

import org.valise.protocol.event.Event;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The creators of a room, as its `m.room.create` event names them.
record Creators(Set<String> users, boolean areInfinite) {

    static Creators of(RoomVersion version, Event create) {
        if (!version.has(Tweak.PRIVILEGED_CREATORS)) {
            return new Creators(Set.of(creator(version, create)), false);
        }
        // Room creators include: the user ID denoted by the `sender` of the `m.room.create` event
        // in the room; any user IDs contained in the `additional_creators` array in `content` of
        // the `m.room.create` event in the room, if `additional_creators` is present.
        Set<String> users =
                new HashSet<>(
                        create.content()
                                .array("additional_creators")
                                .map(JsonArray::strings)
                                .orElse(List.of()));
        users.add(create.sender().value());
        return new Creators(users, true);
    }

    /// The one who made the room: `content.creator`, in newer versions the sender of the
    /// `m.room.create` event.
    static String creator(RoomVersion version, Event create) {
        return version.has(Tweak.CREATOR_IS_SENDER)
                ? create.sender().value()
                : create.content().string("creator").orElse("");
    }

    boolean contains(String user) {
        return users.contains(user);
    }
}
