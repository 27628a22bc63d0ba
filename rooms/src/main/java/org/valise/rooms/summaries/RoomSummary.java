package org.valise.rooms.summaries;

import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.directory.PublishedRoom;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.RoomRef;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A room as those see it who are not in it.
///
/// @param state its current state
/// @param shown the state that a summary is made of, as far as the room has it
/// @param joined how many members it has
public record RoomSummary(
        RoomRef room, StateSnapshot state, Map<StateKey, Event> shown, int joined) {
    private static final StateKey ENCRYPTION = new StateKey(EventTypes.ENCRYPTION, "");

    static final List<StateKey> STATE = shownState();

    private static List<StateKey> shownState() {
        List<StateKey> all = new ArrayList<>(PublishedRoom.STATE);
        all.add(ENCRYPTION);
        return List.copyOf(all);
    }

    /// Spec: `RoomSummary`.
    public JsonObject content() {
        JsonObject.Builder content = PublishedRoom.of(room.id(), joined, shown).entry().toBuilder();
        text(ENCRYPTION, "algorithm").ifPresent(algorithm -> content.put("encryption", algorithm));
        content.put("room_version", room.version().id());
        if (!allowed().isEmpty()) {
            content.put(
                    "allowed_room_ids",
                    JsonArray.of(allowed().stream().map(RoomId::value).toList()));
        }
        return content.build();
    }

    public boolean isSpace() {
        return text(StateKey.CREATE, "type").equals(Optional.of("m.space"));
    }

    boolean isWorldReadable() {
        return text(StateKey.HISTORY_VISIBILITY, "history_visibility")
                .equals(Optional.of("world_readable"));
    }

    String joinRule() {
        return text(StateKey.JOIN_RULES, "join_rule").orElse("");
    }

    /// The rooms whose members may join this one, if it is restricted.
    List<RoomId> allowed() {
        Event rules = shown.get(StateKey.JOIN_RULES);
        if (rules == null || !SummaryRules.isRestricted(room.version(), joinRule())) {
            return List.of();
        }
        return rules.content().array("allow").orElse(JsonArray.of()).objects().stream()
                .filter(condition ->
                        condition.string("type").equals(Optional.of("m.room_membership")))
                .flatMap(condition -> condition.string("room_id").stream())
                .flatMap(id -> RoomId.tryParse(id).stream())
                .toList();
    }

    private Optional<String> text(StateKey key, String field) {
        Event event = shown.get(key);
        return event == null ? Optional.empty() : event.content().string(field);
    }
}
