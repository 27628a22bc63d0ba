package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.Optional;

/// Makes a [Condition] of its JSON, or says what is wrong with it.
final class ConditionReader {
    private ConditionReader() {}

    /// @param fault what is wrong, in words for the client; null when the condition can match
    record Read(Condition condition, @Nullable String fault) {
        static Read of(Condition condition) {
            return new Read(condition, null);
        }

        static Read never(String fault) {
            return new Read(Condition.Never.NEVER, fault);
        }
    }

    static Read read(JsonValue json) {
        if (!(json instanceof JsonObject object)) {
            return Read.never("a condition must be an object");
        }
        Optional<String> kind = object.string("kind");
        if (kind.isEmpty()) {
            return Read.never("a condition must have a string 'kind'");
        }
        return switch (kind.get()) {
            case "event_match" -> eventMatch(object);
            case "event_property_is" ->
                    property(object, "event_property_is", Condition.PropertyIs::new);
            case "event_property_contains" ->
                    property(object, "event_property_contains", Condition.PropertyContains::new);
            case "contains_display_name" ->
                    Read.of(Condition.ContainsDisplayName.CONTAINS_DISPLAY_NAME);
            case "room_member_count" -> memberCount(object);
            case "sender_notification_permission" ->
                    object.string("key")
                            .map(key -> Read.of(new Condition.SenderNotificationPermission(key)))
                            .orElseGet(() ->
                                    Read.never(
                                            "'sender_notification_permission' needs a string"
                                                    + " 'key'"));
            // A client may know conditions that this server does not: not a fault, but never a
            // match.
            default -> Read.of(Condition.Never.NEVER);
        };
    }

    private static Read eventMatch(JsonObject json) {
        Optional<String> key = json.string("key");
        Optional<String> pattern = json.string("pattern");
        if (key.isEmpty() || pattern.isEmpty()) {
            return Read.never("'event_match' needs a string 'key' and a string 'pattern'");
        }
        if (pattern.get().length() > Glob.MAX_LENGTH) {
            return Read.never(
                    "a pattern must not be longer than " + Glob.MAX_LENGTH + " characters");
        }
        EventProperty property = EventProperty.of(key.get());
        Glob glob = Glob.of(pattern.get());
        return Read.of(
                property.equals(EventProperty.BODY)
                        ? new Condition.BodyMatch(glob)
                        : new Condition.EventMatch(property, glob));
    }

    private interface PropertyCondition {
        Condition of(EventProperty property, JsonValue value);
    }

    private static Read property(JsonObject json, String kind, PropertyCondition condition) {
        Optional<String> key = json.string("key");
        JsonValue value = json.get("value");
        if (key.isEmpty() || value == null || !Condition.isPlain(value)) {
            return Read.never(
                    "'"
                            + kind
                            + "' needs a string 'key' and a 'value' that is a string, an integer, a"
                            + " boolean or null");
        }
        return Read.of(condition.of(EventProperty.of(key.get()), value));
    }

    private static Read memberCount(JsonObject json) {
        Condition.MemberCount count =
                json.string("is").map(Condition.MemberCount::parse).orElse(null);
        return count == null
                ? Read.never("'room_member_count' needs an 'is' such as \"2\" or \"<=10\"")
                : Read.of(count);
    }
}
