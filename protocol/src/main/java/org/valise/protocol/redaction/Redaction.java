package org.valise.protocol.redaction;

import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.Set;

/// Strips an event of all that its authorization does not need.
///
/// Spec: Room Versions, "Redactions". Hashes, event ids and signatures are of the redacted event,
/// so a key kept or lost here by mistake splits us from every other server.
public final class Redaction {
    private static final Set<String> KEPT =
            Set.of(
                    "event_id",
                    "type",
                    "room_id",
                    "sender",
                    "state_key",
                    "content",
                    "hashes",
                    "signatures",
                    "depth",
                    "prev_events",
                    "auth_events",
                    "origin_server_ts");

    /// "The top-level `origin`, `membership`, and `prev_state` properties are no longer protected
    /// from redaction" (v11).
    private static final Set<String> KEPT_BEFORE_V11 = Set.of("origin", "membership", "prev_state");

    private static final Set<String> POWER_LEVELS =
            Set.of(
                    "ban",
                    "events",
                    "events_default",
                    "kick",
                    "redact",
                    "state_default",
                    "users",
                    "users_default");

    private Redaction() {}

    /// The redacted event, without `unsigned`.
    public static JsonObject redact(RoomVersion version, JsonObject event) {
        boolean updated = version.has(Tweak.UPDATED_REDACTION);
        String type = event.string("type").orElse("");
        JsonObject.Builder kept = JsonObject.builder();
        event.forEach((key, value) -> {
            if (key.equals("content")) {
                JsonObject content = value instanceof JsonObject object ? object : JsonObject.of();
                kept.put(key, content(version, type, content));
            } else if (KEPT.contains(key) || !updated && KEPT_BEFORE_V11.contains(key)) {
                kept.put(key, value);
            }
        });
        return kept.build();
    }

    private static JsonObject content(RoomVersion version, String type, JsonObject content) {
        boolean updated = version.has(Tweak.UPDATED_REDACTION);
        return switch (type) {
            case "m.room.member" -> member(version, content);
            case "m.room.create" -> updated ? content : keep(content, Set.of("creator"));
            case "m.room.join_rules" ->
                    keep(
                            content,
                            version.has(Tweak.RESTRICTED_JOINS)
                                    ? Set.of("join_rule", "allow")
                                    : Set.of("join_rule"));
            case "m.room.power_levels" -> powerLevels(updated, content);
            case "m.room.aliases" ->
                    version.has(Tweak.NO_ALIASES_RULES)
                            ? JsonObject.of()
                            : keep(content, Set.of("aliases"));
            case "m.room.history_visibility" -> keep(content, Set.of("history_visibility"));
            case "m.room.redaction" -> updated ? keep(content, Set.of("redacts")) : JsonObject.of();
            default -> JsonObject.of();
        };
    }

    private static JsonObject keep(JsonObject content, Set<String> keys) {
        JsonObject.Builder kept = JsonObject.builder();
        content.forEach((key, value) -> {
            if (keys.contains(key)) {
                kept.put(key, value);
            }
        });
        return kept.build();
    }

    private static JsonObject powerLevels(boolean updated, JsonObject content) {
        JsonObject kept = keep(content, POWER_LEVELS);
        return updated && content.has("invite") ? kept.with("invite", content.get("invite")) : kept;
    }

    private static JsonObject member(RoomVersion version, JsonObject content) {
        JsonObject.Builder kept = JsonObject.builder();
        content.forEach((key, value) -> {
            switch (key) {
                case "membership" -> kept.put(key, value);
                case "join_authorised_via_users_server" -> {
                    if (version.has(Tweak.REDACTION_KEEPS_JOIN_AUTHORISER)) {
                        kept.put(key, value);
                    }
                }
                case "third_party_invite" -> {
                    // "Additionally, it allows the `signed` key of the `third_party_invite` key."
                    // An object without that key is kept as an empty one, as other servers do.
                    if (version.has(Tweak.UPDATED_REDACTION)
                            && value instanceof JsonObject invite) {
                        kept.put(key, keep(invite, Set.of("signed")));
                    }
                }
                default -> {}
            }
        });
        return kept.build();
    }
}
