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
        JsonObject kept = event.keep(key -> keeps(version, key));
        if (!event.has("content")) {
            return kept;
        }
        String type = event.string("type").orElse("");
        JsonObject content = event.object("content").orElse(JsonObject.of());
        return kept.with("content", content(version, type, content));
    }

    /// Whether a member of the event itself is kept; its content is not kept as it is.
    public static boolean keeps(RoomVersion version, String key) {
        return KEPT.contains(key)
                || !version.has(Tweak.UPDATED_REDACTION) && KEPT_BEFORE_V11.contains(key);
    }

    /// What is kept of the content of an event.
    public static JsonObject content(RoomVersion version, String type, JsonObject content) {
        boolean updated = version.has(Tweak.UPDATED_REDACTION);
        return switch (type) {
            case "m.room.member" -> member(version, content);
            case "m.room.create" -> updated ? content : content.keep("creator"::equals);
            case "m.room.join_rules" -> {
                boolean allow = version.has(Tweak.RESTRICTED_JOINS);
                yield content.keep(key -> key.equals("join_rule") || allow && key.equals("allow"));
            }
            case "m.room.power_levels" ->
                    content.keep(
                            key -> POWER_LEVELS.contains(key) || updated && key.equals("invite"));
            case "m.room.aliases" -> {
                boolean aliases = !version.has(Tweak.NO_ALIASES_RULES);
                yield content.keep(key -> aliases && key.equals("aliases"));
            }
            case "m.room.history_visibility" -> content.keep("history_visibility"::equals);
            case "m.room.redaction" -> content.keep(key -> updated && key.equals("redacts"));
            default -> JsonObject.of();
        };
    }

    private static JsonObject member(RoomVersion version, JsonObject content) {
        JsonObject kept =
                content.keep(key ->
                        switch (key) {
                            case "membership" -> true;
                            case "join_authorised_via_users_server" ->
                                    version.has(Tweak.REDACTION_KEEPS_JOIN_AUTHORISER);
                            default -> false;
                        });
        // "Additionally, it allows the `signed` key of the `third_party_invite` key." An object
        // without that
        // key is kept as an empty one, as other servers do.
        return content.object("third_party_invite")
                .filter(invite -> version.has(Tweak.UPDATED_REDACTION))
                .map(invite -> kept.with("third_party_invite", invite.keep("signed"::equals)))
                .orElse(kept);
    }
}
