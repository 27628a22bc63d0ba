package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a user changed of the server's rules, and nothing else: this is what is stored, so that new
/// and better default rules reach those who have changes of their own. Immutable.
public final class PushRuleChanges {
    public static final PushRuleChanges NONE = new PushRuleChanges(Map.of(), Map.of());

    private static final String DEFAULTS = "defaults";

    private final Map<RuleKind, List<UserRule>> rules;
    private final Map<RuleKey, DefaultChange> defaults;

    record RuleKey(RuleKind kind, String id) {}

    /// What is null follows the server.
    record DefaultChange(@Nullable Boolean enabled, @Nullable JsonArray actions) {}

    private PushRuleChanges(
            Map<RuleKind, List<UserRule>> rules, Map<RuleKey, DefaultChange> defaults) {
        this.rules = rules;
        this.defaults = defaults;
    }

    List<UserRule> rules(RuleKind kind) {
        return rules.getOrDefault(kind, List.of());
    }

    int ruleCount() {
        return rules.values().stream().mapToInt(List::size).sum();
    }

    /// How much there is of them, for caches.
    public int size() {
        return ruleCount() + defaults.size();
    }

    @Nullable DefaultChange change(RuleKind kind, String id) {
        return defaults.get(new RuleKey(kind, id));
    }

    public boolean isEmpty() {
        return rules.isEmpty() && defaults.isEmpty();
    }

    PushRuleChanges withRules(RuleKind kind, List<UserRule> ofKind) {
        Map<RuleKind, List<UserRule>> changed = new EnumMap<>(RuleKind.class);
        changed.putAll(rules);
        if (ofKind.isEmpty()) {
            changed.remove(kind);
        } else {
            changed.put(kind, List.copyOf(ofKind));
        }
        return new PushRuleChanges(changed, defaults);
    }

    PushRuleChanges withDefault(RuleKind kind, String id, DefaultChange change) {
        Map<RuleKey, DefaultChange> changed = new HashMap<>(defaults);
        if (change.enabled() == null && change.actions() == null) {
            changed.remove(new RuleKey(kind, id));
        } else {
            changed.put(new RuleKey(kind, id), change);
        }
        return new PushRuleChanges(rules, changed);
    }

    /// The form to store.
    public JsonObject json() {
        JsonObject.Builder json = JsonObject.builder();
        rules.forEach((kind, ofKind) ->
                json.put(kind.id(), JsonArray.of(ofKind.stream().map(UserRule::json).toList())));
        if (!defaults.isEmpty()) {
            json.put(
                    DEFAULTS,
                    JsonArray.of(
                            defaults.entrySet().stream()
                                    .sorted(
                                            Comparator.comparing(
                                                            (Map.Entry<RuleKey, DefaultChange> e) ->
                                                                    e.getKey().kind())
                                                    .thenComparing(e -> e.getKey().id()))
                                    .map(e -> defaultJson(e.getKey(), e.getValue()))
                                    .toList()));
        }
        return json.build();
    }

    private static JsonObject defaultJson(RuleKey key, DefaultChange change) {
        JsonObject.Builder json =
                JsonObject.builder().put("kind", key.kind().id()).put("rule_id", key.id());
        if (change.enabled() != null) {
            json.put("enabled", change.enabled());
        }
        if (change.actions() != null) {
            json.put("actions", change.actions());
        }
        return json.build();
    }

    /// Reads what [#json] wrote. What it does not know is left out, so that a release can be rolled
    /// back.
    public static PushRuleChanges parse(JsonObject json) {
        PushRuleChanges changes = NONE;
        for (RuleKind kind : RuleKind.values()) {
            List<UserRule> ofKind = new ArrayList<>();
            for (JsonObject rule : objects(json, kind.id())) {
                UserRule.parse(kind, rule).ifPresent(ofKind::add);
            }
            changes = changes.withRules(kind, ofKind);
        }
        for (JsonObject change : objects(json, DEFAULTS)) {
            RuleKind kind = change.string("kind").flatMap(RuleKind::of).orElse(null);
            String id = change.string("rule_id").orElse(null);
            if (kind != null && id != null) {
                changes =
                        changes.withDefault(
                                kind,
                                id,
                                new DefaultChange(
                                        change.bool("enabled").orElse(null),
                                        change.array("actions").orElse(null)));
            }
        }
        return changes;
    }

    static List<JsonObject> objects(JsonObject json, String key) {
        return json.array(key).map(JsonArray::objects).orElse(List.of());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PushRuleChanges changes
                && rules.equals(changes.rules)
                && defaults.equals(changes.defaults);
    }

    @Override
    public int hashCode() {
        return 31 * rules.hashCode() + defaults.hashCode();
    }

    @Override
    public String toString() {
        return json().toString();
    }
}
