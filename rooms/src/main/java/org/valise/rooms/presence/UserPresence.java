package org.valise.rooms.presence;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;

import java.util.Objects;

/// What is known of one user.
///
/// @param active when they last did something, in milliseconds since 1970; 0 if not known
/// @param changed the moment of the small order since when it is so
public record UserPresence(
        PresenceState state, long active, @Nullable String statusMessage, long changed) {
    public static final UserPresence NONE = new UserPresence(PresenceState.OFFLINE, 0, null, 0);

    /// As in `m.presence` and in the status of a user.
    ///
    /// @param now milliseconds since 1970
    public JsonObject content(long now) {
        JsonObject.Builder content = JsonObject.builder().put("presence", state.word());
        if (active > 0) {
            content.put("last_active_ago", Math.max(0, now - active));
        }
        // Whoever is online is active: it is said that they are away before it is not so.
        content.put("currently_active", state == PresenceState.ONLINE);
        if (statusMessage != null) {
            content.put("status_msg", statusMessage);
        }
        return content.build();
    }

    boolean isSameFor(UserPresence other) {
        return state == other.state && Objects.equals(statusMessage, other.statusMessage);
    }
}
