package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonBoolean;
import org.valise.protocol.json.JsonNull;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;

/// A condition, compiled. Which owner's rules it belongs to is an argument, so that users with the
/// same rules share them.
sealed interface Condition {

    boolean holds(Evaluation evaluation);

    /// "Unrecognised conditions MUST NOT match any events"; nor do recognised ones whose parameters
    /// make no sense.
    enum Never implements Condition {
        NEVER;

        @Override
        public boolean holds(Evaluation evaluation) {
            return false;
        }
    }

    /// `event_match`: a "match, performed case-insensitively, [of] the entire value of the event
    /// property given by `key`".
    record EventMatch(EventProperty property, Glob pattern) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            FoldedText value = evaluation.event.text(property);
            return value != null && pattern.matches(value);
        }
    }

    /// "As a special case, if `key` is `content.body`, then `pattern` must instead match any
    /// substring of the value of the property which starts and ends at a word boundary." Content
    /// rules are this condition.
    record BodyMatch(Glob pattern) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            FoldedText value = evaluation.event.text(EventProperty.BODY);
            return value != null && pattern.matchesWords(value);
        }
    }

    /// `event_property_is`: "an exact value match on a property of the event".
    record PropertyIs(EventProperty property, JsonValue value) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            JsonValue actual = evaluation.event.value(property);
            return actual != null && isPlain(actual) && actual.equals(value);
        }
    }

    /// `event_property_contains`: "matches if an array property of an event exactly contains a
    /// value".
    record PropertyContains(EventProperty property, JsonValue value) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            return evaluation.event.value(property) instanceof JsonArray array
                    && array.values().contains(value);
        }
    }

    /// [PropertyIs] with the owner's id.
    record PropertyIsOwner(EventProperty property) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            FoldedText value = evaluation.event.text(property);
            return value != null && value.text().equals(evaluation.owner());
        }
    }

    /// [PropertyContains] with the owner's id.
    record PropertyContainsOwner(EventProperty property) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            if (!(evaluation.event.value(property) instanceof JsonArray array)
                    || array.values().isEmpty()) {
                return false;
            }
            String owner = evaluation.owner();
            for (JsonValue value : array.values()) {
                if (value instanceof JsonString string && string.value().equals(owner)) {
                    return true;
                }
            }
            return false;
        }
    }

    /// `contains_display_name`: "matches messages where `content.body` contains the owner's display
    /// name in that room".
    enum ContainsDisplayName implements Condition {
        CONTAINS_DISPLAY_NAME;

        @Override
        public boolean holds(Evaluation evaluation) {
            FoldedText value = evaluation.event.text(EventProperty.BODY);
            if (value == null) {
                return false;
            }
            String name = evaluation.displayName();
            return name != null
                    && !name.isEmpty()
                    && name.length() <= Glob.MAX_LENGTH
                    && Glob.literal(name).matchesWords(value);
        }
    }

    /// The owner's local part as a word of the body: what clients did to mention somebody before
    /// there was `m.mentions`.
    enum ContainsOwnerLocalpart implements Condition {
        CONTAINS_OWNER_LOCALPART;

        @Override
        public boolean holds(Evaluation evaluation) {
            FoldedText value = evaluation.event.text(EventProperty.BODY);
            return value != null && Glob.literal(localpart(evaluation.owner())).matchesWords(value);
        }

        static String localpart(String owner) {
            int colon = owner.indexOf(':');
            return colon < 0 ? owner : owner.substring(1, colon);
        }
    }

    /// "Those push rules were disabled if the `m.mentions` field was present."
    enum WithoutMentions implements Condition {
        WITHOUT_MENTIONS;

        @Override
        public boolean holds(Evaluation evaluation) {
            return evaluation.event.value(EventProperty.MENTIONS) == null;
        }
    }

    /// `room_member_count`: "the current number of members in the room".
    record MemberCount(Comparison comparison, long count) implements Condition {
        enum Comparison {
            EQUAL,
            LESS,
            GREATER,
            AT_LEAST,
            AT_MOST
        }

        @Override
        public boolean holds(Evaluation evaluation) {
            int members = evaluation.room.members();
            return switch (comparison) {
                case EQUAL -> members == count;
                case LESS -> members < count;
                case GREATER -> members > count;
                case AT_LEAST -> members >= count;
                case AT_MOST -> members <= count;
            };
        }

        /// "A decimal integer optionally prefixed by one of, `==`, `<`, `>`, `>=` or `<=`", or
        /// null.
        static @Nullable MemberCount parse(String is) {
            Comparison comparison = Comparison.EQUAL;
            int digits = 0;
            if (is.startsWith("==")) {
                digits = 2;
            } else if (is.startsWith("<=")) {
                comparison = Comparison.AT_MOST;
                digits = 2;
            } else if (is.startsWith(">=")) {
                comparison = Comparison.AT_LEAST;
                digits = 2;
            } else if (is.startsWith("<")) {
                comparison = Comparison.LESS;
                digits = 1;
            } else if (is.startsWith(">")) {
                comparison = Comparison.GREATER;
                digits = 1;
            }
            String number = is.substring(digits);
            if (number.isEmpty()
                    || number.length() > 15
                    || !number.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return null;
            }
            return new MemberCount(comparison, Long.parseLong(number));
        }
    }

    /// `sender_notification_permission`: "ensuring the sender of the event has high enough power to
    /// trigger the notification".
    record SenderNotificationPermission(String key) implements Condition {
        @Override
        public boolean holds(Evaluation evaluation) {
            PushRoom.NotificationPower power = evaluation.room.power();
            return UserId.tryParse(evaluation.event.sender())
                    .map(sender -> power.userLevel(sender) >= power.notification(key))
                    .orElse(false);
        }
    }

    /// "Non-compound canonical JSON values: strings, integers in the range of `[-(2**53)+1,
    /// (2**53)-1]`, booleans, and `null`."
    static boolean isPlain(JsonValue value) {
        return switch (value) {
            case JsonString _, JsonBoolean _, JsonNull _ -> true;
            case JsonNumber number -> number.isInteger() && Math.abs(number.longValue()) < 1L << 53;
            default -> false;
        };
    }
}
