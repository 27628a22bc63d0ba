package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.function.Function;

/// A rule that the server gives every user.
///
/// @param parts its conditions as clients see them; null for a content rule
/// @param pattern a content rule's pattern for its owner
/// @param compiled what decides whether it matches
record DefaultRule(
        RuleKind kind,
        String id,
        boolean enabled,
        @Nullable List<Part> parts,
        @Nullable Function<UserId, String> pattern,
        List<Condition> compiled,
        JsonArray actions) {

    /// A condition of a default rule: its JSON depends on the owner, what it compiles to does not.
    record Part(Function<UserId, JsonObject> json, Condition condition) {}

    PushRule shown(UserId owner, PushRuleChanges.@Nullable DefaultChange change) {
        return new PushRule(
                kind,
                id,
                true,
                isEnabled(change),
                parts == null
                        ? null
                        : JsonArray.of(parts.stream().map(p -> p.json().apply(owner)).toList()),
                pattern == null ? null : pattern.apply(owner),
                actions(change));
    }

    boolean isEnabled(PushRuleChanges.@Nullable DefaultChange change) {
        return change == null || change.enabled() == null ? enabled : change.enabled();
    }

    JsonArray actions(PushRuleChanges.@Nullable DefaultChange change) {
        return change == null || change.actions() == null ? actions : change.actions();
    }
}
