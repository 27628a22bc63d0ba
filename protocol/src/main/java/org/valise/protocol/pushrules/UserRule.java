package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// A rule that the user made.
record UserRule(
        String id,
        boolean enabled,
        @Nullable JsonArray conditions,
        @Nullable String pattern,
        JsonArray actions) {

    UserRule withEnabled(boolean nowEnabled) {
        return new UserRule(id, nowEnabled, conditions, pattern, actions);
    }

    UserRule withActions(JsonArray newActions) {
        return new UserRule(id, enabled, conditions, pattern, newActions);
    }

    PushRule shown(RuleKind kind) {
        return new PushRule(kind, id, false, enabled, conditions, pattern, actions);
    }

    JsonObject json() {
        JsonObject.Builder json = JsonObject.builder().put("rule_id", id).put("enabled", enabled);
        if (conditions != null) {
            json.put("conditions", conditions);
        }
        if (pattern != null) {
            json.put("pattern", pattern);
        }
        return json.put("actions", actions).build();
    }

    /// Reads the JSON of [#json] and that of [PushRule#json].
    static Optional<UserRule> parse(RuleKind kind, JsonObject json) {
        return json.string("rule_id")
                .map(id ->
                        new UserRule(
                                id,
                                json.bool("enabled").orElse(true),
                                kind.hasConditions()
                                        ? json.array("conditions").orElse(JsonArray.of())
                                        : null,
                                kind == RuleKind.CONTENT ? json.string("pattern").orElse("") : null,
                                json.array("actions").orElse(JsonArray.of())));
    }
}
