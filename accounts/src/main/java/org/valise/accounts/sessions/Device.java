package org.valise.accounts.sessions;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;

import java.time.Instant;

/// A session as its user sees it. Spec: client-server API, "Device Management".
public record Device(
        String id,
        @Nullable String displayName,
        @Nullable Instant lastSeenAt,
        @Nullable String lastSeenIp,
        @Nullable String lastSeenAgent) {

    /// What is not known is left out.
    JsonObject json() {
        var json = JsonObject.builder().put("device_id", id);
        if (displayName != null) {
            json.put("display_name", displayName);
        }
        if (lastSeenAt != null) {
            json.put("last_seen_ts", lastSeenAt.toEpochMilli());
        }
        if (lastSeenIp != null) {
            json.put("last_seen_ip", lastSeenIp);
        }
        return json.build();
    }
}
