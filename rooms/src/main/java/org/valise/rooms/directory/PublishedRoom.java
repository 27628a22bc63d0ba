package org.valise.rooms.directory;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a directory shows of a room, made from its state.
///
/// Spec: client-server API, "Published room directory", `PublishedRoomsChunk`.
///
/// @param entry a member of the list's `chunk`
public record PublishedRoom(JsonObject entry) {
    public static final List<StateKey> STATE =
            List.of(
                    StateKey.CREATE,
                    StateKey.JOIN_RULES,
                    StateKey.HISTORY_VISIBILITY,
                    new StateKey(EventTypes.NAME, ""),
                    new StateKey(EventTypes.TOPIC, ""),
                    new StateKey(EventTypes.AVATAR, ""),
                    new StateKey(EventTypes.CANONICAL_ALIAS, ""),
                    new StateKey(EventTypes.GUEST_ACCESS, ""));

    /// Characters.
    private static final int MAX_SEARCHED = 1_000;

    /// @param state of [#STATE], as far as the room has it
    public static PublishedRoom of(RoomId room, int joined, Map<StateKey, Event> state) {
        JsonObject.Builder entry = JsonObject.builder().put("room_id", room.value());
        text(state, EventTypes.NAME, "name").ifPresent(name -> entry.put("name", name));
        topic(content(state, EventTypes.TOPIC)).ifPresent(topic -> entry.put("topic", topic));
        text(state, EventTypes.AVATAR, "url").ifPresent(url -> entry.put("avatar_url", url));
        text(state, EventTypes.CANONICAL_ALIAS, "alias")
                .ifPresent(alias -> entry.put("canonical_alias", alias));
        text(state, EventTypes.JOIN_RULES, "join_rule")
                .ifPresent(rule -> entry.put("join_rule", rule));
        text(state, EventTypes.CREATE, "type").ifPresent(type -> entry.put("room_type", type));
        return new PublishedRoom(
                entry.put("num_joined_members", joined)
                        .put(
                                "world_readable",
                                says(
                                        state,
                                        EventTypes.HISTORY_VISIBILITY,
                                        "history_visibility",
                                        "world_readable"))
                        .put(
                                "guest_can_join",
                                says(state, EventTypes.GUEST_ACCESS, "guest_access", "can_join"))
                        .build());
    }

    private static JsonObject content(Map<StateKey, Event> state, String type) {
        Event event = state.get(new StateKey(type, ""));
        return event == null ? JsonObject.of() : event.content();
    }

    private static Optional<String> text(Map<StateKey, Event> state, String type, String field) {
        return content(state, type).string(field).filter(text -> !text.isEmpty());
    }

    private static boolean says(
            Map<StateKey, Event> state, String type, String field, String value) {
        return text(state, type, field).equals(Optional.of(value));
    }

    /// The plain text topic of the room. Omitted if no `text/plain` mimetype exists.
    private static Optional<String> topic(JsonObject content) {
        Optional<JsonArray> forms =
                content.object("m.topic").flatMap(topic -> topic.array("m.text"));
        for (JsonValue form : forms.orElse(JsonArray.of()).values()) {
            if (form instanceof JsonObject text
                    && text.string("mimetype").orElse("text/plain").equals("text/plain")) {
                return text.string("body").filter(body -> !body.isEmpty());
            }
        }
        return forms.isPresent()
                ? Optional.empty()
                : content.string("topic").filter(topic -> !topic.isEmpty());
    }

    int joined() {
        return entry.integer("num_joined_members").orElse(0L).intValue();
    }

    @Nullable String roomType() {
        return entry.string("room_type").map(type -> type.replace("\0", "")).orElse(null);
    }

    /// Of long texts the beginning is searched.
    String searchText() {
        String text =
                DirectorySearch.normal(
                        String.join(
                                "\n",
                                entry.string("name").orElse(""),
                                entry.string("canonical_alias").orElse(""),
                                entry.string("topic").orElse("")));
        return DirectorySearch.shortened(text, MAX_SEARCHED);
    }
}
