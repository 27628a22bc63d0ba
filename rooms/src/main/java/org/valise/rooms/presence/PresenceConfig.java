package org.valise.rooms.presence;

import java.time.Duration;

/// @param enabled whether anybody is told who is there
/// @param idleAfter without activity, somebody is taken to be away from the keyboard
/// @param offlineAfter a device that has not synced for so long is gone
public record PresenceConfig(boolean enabled, Duration idleAfter, Duration offlineAfter) {
    public static final PresenceConfig DEFAULT =
            new PresenceConfig(true, Duration.ofMinutes(5), Duration.ofSeconds(60));
}
