package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A rule set ready to be run: only what is enabled, conditions and patterns compiled, room and
/// sender rules by their key. Depends on nobody: users with equal changes may share it.
final class CompiledRules {
    private final List<CompiledRule> override = new ArrayList<>();
    private final List<CompiledRule> content = new ArrayList<>();
    private final Map<String, PushActions> room = new HashMap<>();
    private final Map<String, PushActions> sender = new HashMap<>();
    private final List<CompiledRule> underride = new ArrayList<>();

    private record CompiledRule(List<Condition> conditions, PushActions actions) {
        boolean matches(Evaluation evaluation) {
            // "All conditions must hold true for an event in order for the rule to match. A rule
            // with no conditions always
            // matches."
            for (Condition condition : conditions) {
                if (!condition.holds(evaluation)) {
                    return false;
                }
            }
            return true;
        }
    }

    CompiledRules(DefaultRules defaults, PushRuleChanges changes) {
        // "Except for the `.m.rule.master` rule which has always a higher priority than any other
        // rule".
        addDefaults(defaults, changes, RuleKind.OVERRIDE, override, true);
        for (UserRule rule : changes.rules(RuleKind.OVERRIDE)) {
            addUserRule(rule, override);
        }
        addDefaults(defaults, changes, RuleKind.OVERRIDE, override, false);
        for (UserRule rule : changes.rules(RuleKind.CONTENT)) {
            addPattern(rule);
        }
        addDefaults(defaults, changes, RuleKind.CONTENT, content, false);
        addKeyed(changes.rules(RuleKind.ROOM), room);
        addKeyed(changes.rules(RuleKind.SENDER), sender);
        for (UserRule rule : changes.rules(RuleKind.UNDERRIDE)) {
            addUserRule(rule, underride);
        }
        addDefaults(defaults, changes, RuleKind.UNDERRIDE, underride, false);
    }

    private static void addDefaults(
            DefaultRules defaults,
            PushRuleChanges changes,
            RuleKind kind,
            List<CompiledRule> to,
            boolean master) {
        for (DefaultRule rule : defaults.of(kind)) {
            PushRuleChanges.DefaultChange change = changes.change(kind, rule.id());
            if (rule.id().equals(DefaultRules.MASTER) == master && rule.isEnabled(change)) {
                to.add(new CompiledRule(rule.compiled(), PushActions.of(rule.actions(change))));
            }
        }
    }

    private static void addUserRule(UserRule rule, List<CompiledRule> to) {
        if (rule.enabled() && rule.conditions() != null) {
            List<Condition> conditions =
                    rule.conditions().values().stream()
                            .map(json -> ConditionReader.read(json).condition())
                            .toList();
            if (!conditions.contains(Condition.Never.NEVER)) {
                to.add(new CompiledRule(conditions, PushActions.of(rule.actions())));
            }
        }
    }

    private void addPattern(UserRule rule) {
        String pattern = rule.pattern();
        if (rule.enabled() && pattern != null && pattern.length() <= Glob.MAX_LENGTH) {
            content.add(
                    new CompiledRule(
                            List.of(new Condition.BodyMatch(Glob.of(pattern))),
                            PushActions.of(rule.actions())));
        }
    }

    /// "In the cases of `room` and `sender` rules, the `rule_id` of the rule determines its
    /// behaviour."
    private static void addKeyed(List<UserRule> rules, Map<String, PushActions> to) {
        for (UserRule rule : rules) {
            if (rule.enabled()) {
                to.put(rule.id(), PushActions.of(rule.actions()));
            }
        }
    }

    PushActions run(Evaluation evaluation) {
        PushActions found = first(override, evaluation);
        if (found == null) {
            found = first(content, evaluation);
        }
        if (found == null) {
            found = room.get(evaluation.event.roomId());
        }
        if (found == null) {
            found = sender.get(evaluation.event.sender());
        }
        if (found == null) {
            found = first(underride, evaluation);
        }
        // "If no rules match an event, the homeserver MUST NOT notify".
        return found == null ? PushActions.NONE : found;
    }

    private static @Nullable PushActions first(List<CompiledRule> rules, Evaluation evaluation) {
        for (CompiledRule rule : rules) {
            if (rule.matches(evaluation)) {
                return rule.actions();
            }
        }
        return null;
    }
}
