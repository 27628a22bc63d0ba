package org.valise.protocol.authrules;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

/// The rules for events of type `m.room.create`.
final class CreateRules {

    private CreateRules() {}

    static AuthResult check(Event event) {
        RoomVersion version = event.version();
        JsonObject content = event.content();
        // If it has any `prev_events`, reject.
        if (!event.prevEvents().isEmpty()) {
            return AuthRule.CREATE_WITH_PREV_EVENTS.reject(
                    "the room's first event follows another");
        }
        if (version.has(Tweak.ROOM_ID_IS_HASH)) {
            // If the event has a `room_id`, reject.
            if (event.json().has("room_id")) {
                return AuthRule.CREATE_WITH_ROOM_ID.reject("the event is to give the room its ID");
            }
        } else if (!event.roomId()
                .originServer()
                .equals(java.util.Optional.of(event.sender().server()))) {
            // If the domain of the `room_id` does not match the domain of the `sender`, reject.
            return AuthRule.CREATE_ROOM_ID_OF_ANOTHER_DOMAIN.reject(
                    "%s is not of the domain of %s".formatted(event.roomId(), event.sender()));
        }
        // If `content.room_version` is present and is not a recognised version, reject.
        if (content.has("room_version")
                && content.string("room_version").flatMap(RoomVersion::of).isEmpty()) {
            return AuthRule.CREATE_UNRECOGNIZED_ROOM_VERSION.reject("unknown `room_version`");
        }
        // If `content` has no `creator` property, reject.
        if (!version.has(Tweak.CREATOR_IS_SENDER) && !content.has("creator")) {
            return AuthRule.CREATE_WITHOUT_CREATOR.reject("no `creator`");
        }
        // If `additional_creators` is present in `content` and is not an array of strings where
        // each string passes the same user ID validation applied to `sender`, reject.
        JsonValue additional = content.get("additional_creators");
        if (version.has(Tweak.PRIVILEGED_CREATORS) && additional != null && !areUsers(additional)) {
            return AuthRule.CREATE_INVALID_ADDITIONAL_CREATORS.reject(
                    "`additional_creators` are not user IDs");
        }
        // Otherwise, allow.
        return AuthRule.CREATE_ALLOWED.allow();
    }

    private static boolean areUsers(JsonValue value) {
        return value instanceof JsonArray array
                && array.values().stream()
                        .allMatch(user ->
                                user instanceof JsonString string
                                        && UserId.tryParse(string.value()).isPresent());
    }
}
