package org.valise.rooms.upgrades;

import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonNumber;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.rooms.creation.TombstoneLevel;

import java.util.Collection;
import java.util.List;

/// The power levels of a room as its replacement has them. Pure.
final class TransferredLevels {
    private static final long CREATOR = 100;
    private static final long MODERATOR = 50;
    private static final long ENDING_A_ROOM = 150;

    private TransferredLevels() {}

    /// @param before the content in the old room
    /// @param formerCreators creators of the old room who stand above its levels; empty for none
    /// @param creators of the new room
    static JsonObject of(
            JsonObject before,
            Collection<UserId> formerCreators,
            RoomVersion version,
            Collection<UserId> creators) {
        JsonObject content =
                version.has(Tweak.INTEGER_POWER_LEVELS) ? withIntegers(before) : before;
        JsonObject users = content.object("users").orElse(JsonObject.of());
        if (!version.has(Tweak.PRIVILEGED_CREATORS)) {
            long highest = Math.max(CREATOR, highest(content));
            for (UserId creator : formerCreators) {
                users = users.with(creator.value(), highest);
            }
            return content.with("users", users);
        }
        // Creators may not stand in `users`.
        List<String> privileged = creators.stream().map(UserId::value).toList();
        users = users.keep(user -> !privileged.contains(user));
        return TombstoneLevel.above(withOldTombstoneRaised(content.with("users", users)));
    }

    /// What only administrators could do, 100 being the usual level for it, only creators can now.
    private static JsonObject withOldTombstoneRaised(JsonObject content) {
        JsonObject events = content.object("events").orElse(JsonObject.of());
        return events.integer(EventTypes.TOMBSTONE).orElse(0L) >= ENDING_A_ROOM
                ? content
                : content.with("events", events.with(EventTypes.TOMBSTONE, ENDING_A_ROOM));
    }

    private static long saturated(long level) {
        return Math.min(level, (1L << 53) - 2) + 1;
    }

    /// What is left to do in the old room: "setting `events_default` and `invite` to the greater of
    /// `50` and `users_default + 1`".
    static JsonObject closed(JsonObject before) {
        long least = Math.max(MODERATOR, saturated(before.integer("users_default").orElse(0L)));
        return before.with(
                        "events_default",
                        Math.max(least, before.integer("events_default").orElse(0L)))
                .with("invite", Math.max(least, before.integer("invite").orElse(0L)));
    }

    private static long highest(JsonObject content) {
        long highest = 0;
        for (String key : content.keys()) {
            highest =
                    switch (content.get(key)) {
                        case JsonNumber number when number.isInteger() ->
                                Math.max(highest, number.longValue());
                        case JsonObject levels -> Math.max(highest, highest(levels));
                        case null, default -> highest;
                    };
        }
        return highest;
    }

    /// Older versions took levels as text; newer ones refuse the event then.
    private static JsonObject withIntegers(JsonObject levels) {
        JsonObject converted = levels;
        for (String key : levels.keys()) {
            JsonValue value = levels.get(key);
            if (value instanceof JsonObject nested) {
                converted = converted.with(key, withIntegers(nested));
            } else if (value instanceof JsonString(String text)) {
                try {
                    converted = converted.with(key, Long.parseLong(text.strip()));
                } catch (NumberFormatException e) {
                    converted = converted.without(key);
                }
            } else if (value instanceof JsonNumber number && !number.isInteger()) {
                converted = converted.with(key, (long) Double.parseDouble(number.text()));
            }
        }
        return converted;
    }
}
