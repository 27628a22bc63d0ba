package org.valise.federation.peers;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonObject;

import java.time.Instant;

/// What an administrator changed.
///
/// @param was null if there was no rule
/// @param becomes null if there is no rule any more
record PeerRuleChange(
        long number,
        Instant at,
        String by,
        String pattern,
        @Nullable Boolean was,
        @Nullable Boolean becomes) {
    JsonObject json() {
        return JsonObject.builder()
                .put("changed_at", at.toEpochMilli())
                .put("changed_by", by)
                .put("pattern", pattern)
                .putIfPresent("was_allowed", was)
                .putIfPresent("allowed", becomes)
                .build();
    }
}
