package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// The `content` of an `m.room.power_levels` event as it stands, without defaults, read in the way
/// of its room version.
///
/// @param fault the first of its values that is not as the version wants it, null where all are
record LevelsContent(
        Map<Level, Long> single,
        Map<String, Long> events,
        Map<String, Long> notifications,
        Map<String, Long> users,
        AuthResult.@Nullable Rejected fault) {

    static final LevelsContent EMPTY =
            new LevelsContent(Map.of(), Map.of(), Map.of(), Map.of(), null);

    static LevelsContent parse(RoomVersion version, JsonObject content) {
        return new Reader(version, content).read();
    }

    /// The level, or what holds where it is not given.
    long get(Level level) {
        Long given = single.get(level);
        return given != null ? given : level.standard();
    }

    private static final class Reader {
        private final RoomVersion version;
        private final JsonObject content;
        private AuthResult.@Nullable Rejected fault;

        Reader(RoomVersion version, JsonObject content) {
            this.version = version;
            this.content = content;
        }

        LevelsContent read() {
            boolean integersOnly = version.has(Tweak.INTEGER_POWER_LEVELS);
            Map<Level, Long> single =
                    single(
                            integersOnly
                                    ? AuthRule.POWER_LEVELS_NOT_INTEGERS
                                    : AuthRule.POWER_LEVELS_MALFORMED);
            AuthRule inEntries =
                    integersOnly
                            ? AuthRule.POWER_LEVELS_EVENTS_NOT_INTEGERS
                            : AuthRule.POWER_LEVELS_MALFORMED;
            Map<String, Long> events = entries("events", inEntries);
            // Before `notifications` became a matter of these rules, no value of it was a reason to
            // refuse the event.
            Map<String, Long> notifications =
                    entries(
                            "notifications",
                            version.has(Tweak.NOTIFICATION_LEVELS_CHECKED) ? inEntries : null);
            Map<String, Long> users = entries("users", AuthRule.POWER_LEVELS_USERS_INVALID);
            return new LevelsContent(single, events, notifications, users, fault);
        }

        private Map<Level, Long> single(AuthRule rule) {
            Map<Level, Long> levels = new EnumMap<>(Level.class);
            for (Level level : Level.values()) {
                JsonValue value = content.get(level.property());
                if (value == null) {
                    continue;
                }
                Long parsed = LevelValue.parse(version, value);
                if (parsed == null) {
                    blame(rule, level.property());
                } else {
                    levels.put(level, parsed);
                }
            }
            return levels;
        }

        /// @param rule what refuses a value that is no level, null if nothing does
        private Map<String, Long> entries(String property, @Nullable AuthRule rule) {
            JsonValue value = content.get(property);
            if (value == null) {
                return Map.of();
            }
            if (!(value instanceof JsonObject object)) {
                blame(rule, property);
                return Map.of();
            }
            Map<String, Long> levels = HashMap.newHashMap(object.size());
            for (Map.Entry<String, JsonValue> entry : object.entries()) {
                Long parsed = LevelValue.parse(version, entry.getValue());
                if (parsed == null) {
                    blame(rule, property);
                } else {
                    levels.put(entry.getKey(), parsed);
                }
            }
            return levels;
        }

        private void blame(@Nullable AuthRule rule, String property) {
            if (fault == null && rule != null) {
                fault =
                        new AuthResult.Rejected(
                                rule, "`" + property + "` is not a level or an object of levels");
            }
        }
    }
}
