package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.json.PropertyPath;

import java.util.Set;

/// An event as push rules see it. The properties that rules ask for again and again are found and
/// folded once, on demand, and shared by all evaluations of the event, also on several threads.
public final class PushEvent {
    /// What a client is sent of an event and rules may ask for. Not `unsigned` (it differs per
    /// reader) and not what only servers see.
    private static final Set<String> VISIBLE =
            Set.of("content", "origin_server_ts", "redacts", "sender", "state_key", "type");

    private final JsonObject json;
    private final String sender;
    private final String roomId;
    private final @Nullable String eventId;

    /// By [EventProperty#slot]. Races are benign: every thread computes the same immutable value.
    private final @Nullable Object[] found = new Object[EventProperty.SLOTS];

    private static final Object ABSENT = new Object();

    private PushEvent(JsonObject json, String sender, String roomId, @Nullable String eventId) {
        this.json = json;
        this.sender = sender;
        this.roomId = roomId;
        this.eventId = eventId;
    }

    public static PushEvent of(Event event) {
        return new PushEvent(
                event.json(), event.sender().value(), event.roomId().value(), event.id().value());
    }

    /// An event in the format that clients get.
    public static PushEvent ofClient(JsonObject event) {
        return new PushEvent(
                event,
                event.string("sender").orElse(""),
                event.string("room_id").orElse(""),
                event.string("event_id").orElse(null));
    }

    public String sender() {
        return sender;
    }

    public String roomId() {
        return roomId;
    }

    @Nullable JsonValue value(EventProperty property) {
        if (property.slot() < 0) {
            return find(property.path());
        }
        Object known = slot(property);
        return known instanceof FoldedText text
                ? new JsonString(text.text())
                : known instanceof JsonValue v ? v : null;
    }

    /// The property without case, or null when it is absent "or does not have a string value".
    @Nullable FoldedText text(EventProperty property) {
        if (property.slot() < 0) {
            return find(property.path()) instanceof JsonString string
                    ? FoldedText.of(string.value())
                    : null;
        }
        return slot(property) instanceof FoldedText text ? text : null;
    }

    private Object slot(EventProperty property) {
        Object known = found[property.slot()];
        if (known == null) {
            JsonValue value = find(property.path());
            known =
                    value == null
                            ? ABSENT
                            : value instanceof JsonString string
                                    ? FoldedText.of(string.value())
                                    : value;
            found[property.slot()] = known;
        }
        return known;
    }

    private @Nullable JsonValue find(PropertyPath path) {
        String first = path.names().getFirst();
        if (VISIBLE.contains(first)) {
            return path.find(json);
        }
        if (path.names().size() > 1) {
            return null;
        }
        // Neither is always part of the event itself: room versions 3 to 12 leave out its id, 12
        // the create event's room.
        return switch (first) {
            case "room_id" -> new JsonString(roomId);
            case "event_id" -> eventId == null ? null : new JsonString(eventId);
            default -> null;
        };
    }
}
