package org.valise.protocol.authrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.UserId;
import org.valise.protocol.roomversion.Tweak;

import java.util.Map;
import java.util.Objects;

/// The rules for events of type `m.room.power_levels`: nobody gives, takes or changes more than
/// they have.
///
/// A level that is absent is not compared, neither with its default: "the current value" of what is
/// added and "the new value" of what is removed do not exist. Levels are compared as levels: `"50"`
/// and `50` are the same where strings are levels.
final class PowerLevelsRules {

    private final AuthCheck check;
    private final LevelsContent current;
    private final LevelsContent next;
    private final long senderLevel;

    private PowerLevelsRules(AuthCheck check) {
        this.check = check;
        this.current = check.powerLevels().content();
        this.next = LevelsContent.parse(check.version(), check.event().content());
        this.senderLevel = check.senderLevel();
    }

    static AuthResult check(AuthCheck check) {
        return new PowerLevelsRules(check).verdict();
    }

    private AuthResult verdict() {
        AuthResult invalid = invalidContent();
        if (invalid != null) {
            return invalid;
        }
        // If there is no previous `m.room.power_levels` event in the room, allow.
        if (!check.powerLevels().defined()) {
            return AuthRule.POWER_LEVELS_FIRST.allow();
        }
        AuthResult refused = singleLevels();
        if (refused == null) {
            refused = entries("events", current.events(), next.events());
        }
        if (refused == null && check.version().has(Tweak.NOTIFICATION_LEVELS_CHECKED)) {
            refused = entries("notifications", current.notifications(), next.notifications());
        }
        if (refused == null) {
            refused = users();
        }
        // Otherwise, allow.
        return refused != null ? refused : AuthRule.POWER_LEVELS_ALLOWED.allow();
    }

    private @Nullable AuthResult invalidContent() {
        // If any of the properties `users_default`, `events_default`, `state_default`, `ban`,
        // `redact`, `kick`, or `invite` in `content` are present and not an integer, reject.
        //
        // If either of the properties `events` or `notifications` in `content` are present and not
        // an object with values that are integers, reject.
        //
        // If the `users` property in `content` is not an object with […] values that are integers
        // (or a string that is an integer), reject.
        //
        // NOTSPEC: the first two are rules since levels are integers only. Before, the
        // specification
        // only says that levels written otherwise "must be the following format". Whatever is not,
        // is refused all the same, as it is by other servers, which cannot read it: allowed, it
        // would be an event whose meaning is everyone's guess.
        if (next.fault() != null) {
            return next.fault();
        }
        for (String user : next.users().keySet()) {
            // If the `users` property in `content` is not an object with keys that are valid user
            // IDs […], reject.
            if (UserId.tryParse(user).isEmpty()) {
                return AuthRule.POWER_LEVELS_USERS_INVALID.reject(
                        "`users` has a key that is not a user ID");
            }
            // If the `users` property in `content` contains the `sender` of the `m.room.create`
            // event or any of the `additional_creators` array (if present) from the `content` of
            // the `m.room.create` event, reject.
            Creators creators = check.powerLevels().creators();
            if (creators.areInfinite() && creators.contains(user)) {
                return AuthRule.POWER_LEVELS_LIST_CREATOR.reject(
                        user + " is a creator of the room");
            }
        }
        return null;
    }

    /// For the properties `users_default`, `events_default`, `state_default`, `ban`, `redact`,
    /// `kick`, `invite` check if they were added, changed or removed. For each found alteration:
    private @Nullable AuthResult singleLevels() {
        for (Level level : Level.values()) {
            Long old = current.single().get(level);
            Long given = next.single().get(level);
            if (Objects.equals(old, given)) {
                continue;
            }
            // If the current value is higher than the `sender`'s current power level, reject.
            if (old != null && old > senderLevel) {
                return AuthRule.POWER_LEVELS_CURRENT_ABOVE_SENDER.reject(
                        above(level.property(), old));
            }
            // If the new value is higher than the `sender`'s current power level, reject.
            if (given != null && given > senderLevel) {
                return AuthRule.POWER_LEVELS_NEW_ABOVE_SENDER.reject(
                        above(level.property(), given));
            }
        }
        return null;
    }

    private @Nullable AuthResult entries(
            String property, Map<String, Long> old, Map<String, Long> given) {
        // For each entry being changed in, or removed from, the `events` or `notifications`
        // properties:
        for (Map.Entry<String, Long> entry : old.entrySet()) {
            // If the current value is greater than the `sender`'s current power level, reject.
            if (entry.getValue() > senderLevel
                    && !entry.getValue().equals(given.get(entry.getKey()))) {
                return AuthRule.POWER_LEVELS_CURRENT_ENTRY_ABOVE_SENDER.reject(
                        above(property, entry));
            }
        }
        // For each entry being added to, or changed in, the `events` or `notifications` properties:
        for (Map.Entry<String, Long> entry : given.entrySet()) {
            // If the new value is greater than the `sender`'s current power level, reject.
            if (entry.getValue() > senderLevel
                    && !entry.getValue().equals(old.get(entry.getKey()))) {
                return AuthRule.POWER_LEVELS_NEW_ENTRY_ABOVE_SENDER.reject(above(property, entry));
            }
        }
        return null;
    }

    private @Nullable AuthResult users() {
        String sender = check.sender();
        // For each entry being changed in, or removed from, the `users` property, other than the
        // `sender`'s own entry:
        for (Map.Entry<String, Long> entry : current.users().entrySet()) {
            // If the current value is greater than or equal to the `sender`'s current power level,
            // reject.
            if (entry.getValue() >= senderLevel
                    && !entry.getKey().equals(sender)
                    && !entry.getValue().equals(next.users().get(entry.getKey()))) {
                return AuthRule.POWER_LEVELS_CURRENT_USER_NOT_BELOW_SENDER.reject(
                        above("users", entry));
            }
        }
        // For each entry being added to, or changed in, the `users` property:
        for (Map.Entry<String, Long> entry : next.users().entrySet()) {
            // If the new value is greater than the `sender`'s current power level, reject.
            if (entry.getValue() > senderLevel
                    && !entry.getValue().equals(current.users().get(entry.getKey()))) {
                return AuthRule.POWER_LEVELS_NEW_USER_ABOVE_SENDER.reject(above("users", entry));
            }
        }
        return null;
    }

    private String above(String property, Map.Entry<String, Long> entry) {
        return above(property + "." + entry.getKey(), entry.getValue());
    }

    private String above(String property, long level) {
        return "`%s` (%d) is out of reach of the sender's level %d"
                .formatted(property, level, senderLevel);
    }
}
