package org.valise.rooms.upgrades;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The room that is to be replaced.
///
/// @param last its newest event; null if that is not known
/// @param state without the members
/// @param bans the member events of those who are banned
record OldRoom(
        String id,
        RoomVersion version,
        @Nullable EventId last,
        Map<StateKey, Event> state,
        List<Event> bans) {
    Optional<JsonObject> content(String type) {
        Event event = state.get(new StateKey(type, ""));
        return event == null ? Optional.empty() : Optional.of(event.content());
    }

    Event create() {
        Event create = state.get(StateKey.CREATE);
        if (create == null) {
            throw new IllegalStateException("room " + id + " has no create event");
        }
        return create;
    }

    PowerLevels levels() {
        return PowerLevels.of(version, state.get(StateKey.POWER_LEVELS), create());
    }

    boolean mayBeReplacedBy(UserId user) {
        PowerLevels levels = levels();
        return levels.userLevel(user) >= levels.stateLevel(EventTypes.TOMBSTONE);
    }

    boolean isSpace() {
        return create().content().string("type").equals(Optional.of("m.space"));
    }
}
