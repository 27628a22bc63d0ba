package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// A rule as a client sees it.
///
/// @param predefined whether it is one of the server's ("default" in JSON)
/// @param conditions of override and underride rules only
/// @param pattern of content rules only
public record PushRule(
        RuleKind kind,
        String id,
        boolean predefined,
        boolean enabled,
        @Nullable JsonArray conditions,
        @Nullable String pattern,
        JsonArray actions) {

    public JsonObject json() {
        JsonObject.Builder json =
                JsonObject.builder()
                        .put("rule_id", id)
                        .put("default", predefined)
                        .put("enabled", enabled);
        if (conditions != null) {
            json.put("conditions", conditions);
        }
        if (pattern != null) {
            json.put("pattern", pattern);
        }
        return json.put("actions", actions).build();
    }
}
