package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.json.PropertyPath;

import java.util.Locale;

/// The oracle: runs a ruleset straight from its JSON, slowly and plainly, as the specification
/// reads.
final class NaiveRules {
    private NaiveRules() {}

    /// The actions of the first rule that matches, or null.
    static @Nullable JsonArray evaluate(
            JsonObject ruleset,
            UserId owner,
            JsonObject event,
            PushRoom room,
            @Nullable String displayName) {
        if (event.string("sender").orElse("").equals(owner.value())) {
            return null;
        }
        for (String kind : new String[] {"override", "content", "room", "sender", "underride"}) {
            for (JsonObject rule : ruleset.array(kind).orElseThrow().objects()) {
                if (rule.bool("enabled").orElseThrow()
                        && matches(kind, rule, event, room, displayName)) {
                    return rule.array("actions").orElseThrow();
                }
            }
        }
        return null;
    }

    private static boolean matches(
            String kind,
            JsonObject rule,
            JsonObject event,
            PushRoom room,
            @Nullable String displayName) {
        String id = rule.string("rule_id").orElseThrow();
        return switch (kind) {
            case "room" -> event.string("room_id").orElse("").equals(id);
            case "sender" -> event.string("sender").orElse("").equals(id);
            case "content" ->
                    body(event) != null
                            && matchesWords(rule.string("pattern").orElseThrow(), body(event));
            default ->
                    rule.array("conditions").orElseThrow().objects().stream()
                            .allMatch(condition -> holds(condition, event, room, displayName));
        };
    }

    private static boolean holds(
            JsonObject condition, JsonObject event, PushRoom room, @Nullable String displayName) {
        JsonValue property = PropertyPath.of(condition.string("key").orElse("")).find(event);
        return switch (condition.string("kind").orElse("")) {
            case "event_match" ->
                    property instanceof JsonString text
                            && (condition.string("key").orElseThrow().equals("content.body")
                                    ? matchesWords(
                                            condition.string("pattern").orElseThrow(), text.value())
                                    : matches(
                                            condition.string("pattern").orElseThrow(),
                                            text.value()));
            case "event_property_is" ->
                    property != null
                            && !(property instanceof JsonObject)
                            && !(property instanceof JsonArray)
                            && property.equals(condition.get("value"));
            case "event_property_contains" ->
                    property instanceof JsonArray array
                            && array.values().contains(condition.get("value"));
            case "contains_display_name" ->
                    displayName != null
                            && !displayName.isEmpty()
                            && body(event) != null
                            && literalMatchesWords(displayName, body(event));
            case "room_member_count" -> counts(condition.string("is").orElse(""), room.members());
            case "sender_notification_permission" ->
                    room.power().userLevel(UserId.parse(event.string("sender").orElseThrow()))
                            >= room.power().notification(condition.string("key").orElseThrow());
            default -> false;
        };
    }

    private static boolean counts(String is, int members) {
        String number = is.replaceAll("[=<>]", "");
        String sign = is.substring(0, is.length() - number.length());
        if (!number.matches("[0-9]+")) {
            return false;
        }
        int wanted = Integer.parseInt(number);
        return switch (sign) {
            case "", "==" -> members == wanted;
            case "<" -> members < wanted;
            case ">" -> members > wanted;
            case "<=" -> members <= wanted;
            case ">=" -> members >= wanted;
            default -> false;
        };
    }

    private static @Nullable String body(JsonObject event) {
        return event.object("content").flatMap(c -> c.string("body")).orElse(null);
    }

    static boolean matches(String pattern, String value) {
        String p = pattern.toLowerCase(Locale.ROOT);
        String v = value.toLowerCase(Locale.ROOT);
        boolean[] reached = new boolean[p.length() + 1];
        reached[0] = true;
        skipStars(p, reached);
        for (int i = 0; i < v.length(); i++) {
            boolean[] next = new boolean[p.length() + 1];
            for (int j = 0; j < p.length(); j++) {
                if (reached[j]) {
                    if (p.charAt(j) == '*') {
                        next[j] = true;
                    } else if (p.charAt(j) == '?' || p.charAt(j) == v.charAt(i)) {
                        next[j + 1] = true;
                    }
                }
            }
            skipStars(p, next);
            reached = next;
        }
        return reached[p.length()];
    }

    private static void skipStars(String pattern, boolean[] reached) {
        for (int j = 0; j < pattern.length(); j++) {
            if (reached[j] && pattern.charAt(j) == '*') {
                reached[j + 1] = true;
            }
        }
    }

    static boolean matchesWords(String pattern, String value) {
        for (int from = 0; from <= value.length(); from++) {
            for (int to = from; to <= value.length(); to++) {
                if (isWord(value, from, to) && matches(pattern, value.substring(from, to))) {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean literalMatchesWords(String text, String value) {
        for (int from = 0; from + text.length() <= value.length(); from++) {
            int to = from + text.length();
            if (isWord(value, from, to) && value.substring(from, to).equalsIgnoreCase(text)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isWord(String value, int from, int to) {
        return (from == 0 || String.valueOf(value.charAt(from - 1)).matches("[^A-Za-z0-9_]"))
                && (to == value.length()
                        || String.valueOf(value.charAt(to)).matches("[^A-Za-z0-9_]"));
    }
}
