package org.valise.protocol.event;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.CanonicalJson;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.json.Unicode;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The top-level fields of an event, typed and checked against the format of its room version: all
/// but `content`, `hashes` and `signatures`.
///
/// Spec: Room Versions, "Event format"; Client-Server API, "Size limits".
record EventFields(
        String type,
        @Nullable String stateKey,
        UserId sender,
        @Nullable RoomId roomId,
        List<EventId> prevEvents,
        List<EventId> authEvents,
        long depth,
        long originServerTs,
        @Nullable EventId eventId,
        @Nullable EventId redacts) {

    /// The members that are read; a stored event is parsed no further for them.
    static final Set<String> KEYS =
            Set.of(
                    "type",
                    "state_key",
                    "sender",
                    "room_id",
                    "prev_events",
                    "auth_events",
                    "depth",
                    "origin_server_ts",
                    "event_id",
                    "redacts");

    private static final int MAX_KEY_BYTES = 255;
    private static final int MAX_PREV_EVENTS = 20;
    private static final int MAX_AUTH_EVENTS = 10;

    /// @throws InvalidEvent when a field breaks the format
    static EventFields of(RoomVersion version, JsonObject event) {
        // "`state_key` MUST NOT exceed 255 bytes. `type` MUST NOT exceed 255 bytes."
        String type = limited("type", text(event, "type"));
        String stateKey =
                event.has("state_key") ? limited("state_key", text(event, "state_key")) : null;
        UserId sender =
                UserId.tryParse(text(event, "sender"))
                        .orElseThrow(() -> new InvalidEvent("sender is not a user id"));
        return new EventFields(
                type,
                stateKey,
                sender,
                roomId(version, event, type, stateKey),
                references(version, event, "prev_events", MAX_PREV_EVENTS),
                references(version, event, "auth_events", MAX_AUTH_EVENTS),
                depth(version, event),
                integer(event, "origin_server_ts"),
                version.has(Tweak.EVENT_ID_IS_HASH) ? null : ownId(event),
                redacts(version, event, type));
    }

    private static @Nullable RoomId roomId(
            RoomVersion version, JsonObject event, String type, @Nullable String stateKey) {
        // v12: "Room identifier. Omitted from `m.room.create` events."
        // SECURITY: only what can be the create event may go without, else an event could be in a
        // room of its own making.
        boolean create = EventTypes.CREATE.equals(type) && "".equals(stateKey);
        if (version.has(Tweak.ROOM_ID_IS_HASH) && create) {
            if (event.has("room_id")) {
                throw new InvalidEvent("a create event has no room_id in this room version");
            }
            return null;
        }
        RoomId room =
                RoomId.tryParse(text(event, "room_id"))
                        .orElseThrow(() -> new InvalidEvent("room_id is not a room id"));
        if (version.has(Tweak.ROOM_ID_IS_HASH) != room.isHash()) {
            throw new InvalidEvent("room_id is not of this room version");
        }
        return room;
    }

    private static EventId ownId(JsonObject event) {
        return EventId.tryParse(text(event, "event_id"))
                .filter(id -> id.originServer().isPresent())
                .orElseThrow(() -> new InvalidEvent("event_id is not an event id"));
    }

    /// "Must contain less than or equal to 20 events" (`prev_events`), 10 (`auth_events`): ids, or
    /// in versions 1 and 2 pairs of an id and hashes.
    private static List<EventId> references(
            RoomVersion version, JsonObject event, String key, int limit) {
        if (!(event.get(key) instanceof JsonArray array)) {
            throw new InvalidEvent(key + " is not a list");
        }
        if (array.size() > limit) {
            throw new InvalidEvent(key + " has more than " + limit + " events");
        }
        List<EventId> ids = new ArrayList<>(array.size());
        for (JsonValue element : array) {
            JsonValue id = version.has(Tweak.EVENT_ID_IS_HASH) ? element : first(element);
            if (!(id instanceof JsonString text)) {
                throw new InvalidEvent(key + " is not a list of references to events");
            }
            ids.add(
                    EventId.tryParse(text.value())
                            .orElseThrow(() -> new InvalidEvent(key + " refers to no event id")));
        }
        return List.copyOf(ids);
    }

    private static @Nullable JsonValue first(JsonValue element) {
        return element instanceof JsonArray pair
                        && pair.size() == 2
                        && pair.get(1) instanceof JsonObject
                ? pair.get(0)
                : null;
    }

    private static long depth(RoomVersion version, JsonObject event) {
        // "Must be less than the maximum value for an integer (2^53 - 1)", before v6 (2^63 - 1).
        // "If the
        // room's depth is already at the limit, the depth must be set to the limit."
        long depth = integer(event, "depth");
        long limit =
                version.has(Tweak.STRICT_CANONICAL_JSON)
                        ? CanonicalJson.MAX_INTEGER
                        : Long.MAX_VALUE;
        if (depth < 0 || depth > limit) {
            throw new InvalidEvent("depth is out of range");
        }
        return depth;
    }

    private static @Nullable EventId redacts(RoomVersion version, JsonObject event, String type) {
        // From v11 on it stands in the content, which is read on demand.
        return EventTypes.REDACTION.equals(type) && !version.has(Tweak.REDACTS_IN_CONTENT)
                ? event.string("redacts").flatMap(EventId::tryParse).orElse(null)
                : null;
    }

    private static String text(JsonObject event, String key) {
        if (event.get(key) instanceof JsonString text) {
            return text.value();
        }
        throw new InvalidEvent(key + " is not a string");
    }

    private static long integer(JsonObject event, String key) {
        if (event.get(key) instanceof JsonNumber number && number.isInteger()) {
            return number.longValue();
        }
        throw new InvalidEvent(key + " is not an integer");
    }

    private static String limited(String key, String value) {
        if (value.length() > MAX_KEY_BYTES || Unicode.utf8Length(value) > MAX_KEY_BYTES) {
            throw new InvalidEvent(key + " is longer than " + MAX_KEY_BYTES + " bytes", true);
        }
        return value;
    }
}
