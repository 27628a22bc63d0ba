package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.pushrules.PushRuleEdit.Changed;
import org.valise.protocol.pushrules.PushRuleEdit.Refused;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The changes that the client API allows, as functions from rules to rules. Spec: "Push Rules:
/// API".
public final class PushRuleEditor {
    /// SECURITY: what one user may have stored, sent at each change to all their clients and run on
    /// each event.
    static final int MAX_RULES = 2_000;

    static final int MAX_STORED_LENGTH = 1 << 20;
    static final int MAX_RULE_LENGTH = 16 << 10;
    static final int MAX_CONDITIONS = 64;
    static final int MAX_ID_LENGTH = 512;

    private PushRuleEditor() {}

    /// `PUT …/{kind}/{ruleId}`: "If a rule with the same `rule_id` already exists among rules of
    /// the same kind, it is updated with the new parameters, otherwise a new rule is created."
    ///
    /// @param before the rule that the new one is to be more important than
    /// @param after the rule that the new one is to be less important than; not looked at when
    ///   there is a `before`
    public static PushRuleEdit put(
            PushRuleSet set,
            RuleKind kind,
            String id,
            JsonObject body,
            @Nullable String before,
            @Nullable String after) {
        Refused refusal = faultOfId(id);
        if (refusal == null) {
            refusal = faultOfBody(kind, body);
        }
        if (refusal != null) {
            return refusal;
        }
        List<UserRule> rules = new ArrayList<>(set.changes().rules(kind));
        int was = indexOf(rules, id);
        // "When creating push rules, they MUST be enabled by default."; a change of a disabled rule
        // does not enable it.
        UserRule rule = rule(kind, id, was < 0 || rules.get(was).enabled(), body);
        if (rule.json().toString().length() > MAX_RULE_LENGTH) {
            return new Refused(ErrorCode.M_TOO_LARGE, "A push rule must not be that large.");
        }
        String neighbor = before != null ? before : after;
        if (neighbor == null) {
            if (was >= 0) {
                rules.set(was, rule);
            } else {
                // "[…] it should be added as the most important user defined rule among rules of
                // the same kind."
                rules.addFirst(rule);
            }
        } else if (!placed(rules, was, rule, neighbor, before != null)) {
            return noNeighbor(neighbor);
        }
        return changed(set, set.changes().withRules(kind, rules));
    }

    /// Puts a rule beside another one.
    ///
    /// @param was where it was; -1 if it is new
    /// @return false if there is no such other rule
    private static boolean placed(
            List<UserRule> rules, int was, UserRule rule, String neighbor, boolean isBefore) {
        if (neighbor.equals(rule.id())) {
            if (was >= 0) {
                rules.set(was, rule);
            }
            return was >= 0;
        }
        if (was >= 0) {
            rules.remove(was);
        }
        int at = indexOf(rules, neighbor);
        if (at >= 0) {
            rules.add(isBefore ? at : at + 1, rule);
        }
        return at >= 0;
    }

    /// `DELETE …/{kind}/{ruleId}`
    public static PushRuleEdit delete(PushRuleSet set, RuleKind kind, String id) {
        List<UserRule> rules = new ArrayList<>(set.changes().rules(kind));
        if (rules.removeIf(rule -> rule.id().equals(id))) {
            return changed(set, set.changes().withRules(kind, rules));
        }
        return set.defaults().find(kind, id) == null
                ? notFound()
                : new Refused(
                        ErrorCode.M_INVALID_PARAM,
                        "A rule of the server cannot be deleted, only disabled.");
    }

    /// `PUT …/{kind}/{ruleId}/enabled`
    public static PushRuleEdit enable(PushRuleSet set, RuleKind kind, String id, boolean enabled) {
        List<UserRule> rules = new ArrayList<>(set.changes().rules(kind));
        int at = indexOf(rules, id);
        if (at >= 0) {
            rules.set(at, rules.get(at).withEnabled(enabled));
            return changed(set, set.changes().withRules(kind, rules));
        }
        DefaultRule server = set.defaults().find(kind, id);
        if (server == null) {
            return notFound();
        }
        return changedDefault(set, server, enabled, server.actions(set.changes().change(kind, id)));
    }

    /// `PUT …/{kind}/{ruleId}/actions`: "This can be used to change the actions of builtin rules."
    public static PushRuleEdit setActions(
            PushRuleSet set, RuleKind kind, String id, JsonArray actions) {
        List<UserRule> rules = new ArrayList<>(set.changes().rules(kind));
        int at = indexOf(rules, id);
        DefaultRule server = at >= 0 ? null : set.defaults().find(kind, id);
        if (at < 0 && server == null) {
            return notFound();
        }
        Refused refusal = faultOfActions(actions);
        if (refusal != null) {
            return refusal;
        }
        if (server != null) {
            return changedDefault(
                    set, server, server.isEnabled(set.changes().change(kind, id)), actions);
        }
        rules.set(at, rules.get(at).withActions(actions));
        return changed(set, set.changes().withRules(kind, rules));
    }

    /// What a user's rules say of a room, said of the room that replaces it too. Not in the
    /// specification, but what users expect (a muted room stays muted) and what the conformance
    /// suite asks of servers.
    public static PushRuleSet followUpgrade(PushRuleSet set, RoomId replaced, RoomId replacement) {
        PushRuleChanges changes = set.changes();
        for (RuleKind kind : RuleKind.values()) {
            List<UserRule> rules = new ArrayList<>(changes.rules(kind));
            for (UserRule rule : changes.rules(kind)) {
                UserRule copy = copyFor(kind, rule, replaced.value(), replacement.value());
                if (copy != null && indexOf(rules, copy.id()) < 0) {
                    rules.add(indexOf(rules, rule.id()), copy);
                }
            }
            changes = changes.withRules(kind, rules);
        }
        return changed(set, changes) instanceof Changed(PushRuleSet rules) ? rules : set;
    }

    private static @Nullable UserRule copyFor(
            RuleKind kind, UserRule rule, String from, String to) {
        if (kind == RuleKind.ROOM) {
            return rule.id().equals(from)
                    ? new UserRule(to, rule.enabled(), null, null, rule.actions())
                    : null;
        }
        if (rule.conditions() == null) {
            return null;
        }
        JsonObject old = JsonObject.of("kind", "event_match", "key", "room_id", "pattern", from);
        boolean ofRoom = false;
        List<JsonValue> conditions = new ArrayList<>();
        for (JsonValue condition : rule.conditions().values()) {
            boolean names = condition instanceof JsonObject object && isRoomMatch(object, from);
            ofRoom |= names;
            conditions.add(names ? old.with("pattern", to) : condition);
        }
        if (!ofRoom) {
            return null;
        }
        String id = rule.id().contains(from) ? rule.id().replace(from, to) : rule.id() + "." + to;
        if (id.length() > MAX_ID_LENGTH) {
            return null;
        }
        return new UserRule(id, rule.enabled(), JsonArray.of(conditions), null, rule.actions());
    }

    private static boolean isRoomMatch(JsonObject condition, String room) {
        return condition.string("kind").filter("event_match"::equals).isPresent()
                && condition.string("key").filter("room_id"::equals).isPresent()
                && condition.string("pattern").filter(room::equals).isPresent();
    }

    // ---- checks ----

    private static @Nullable Refused faultOfId(String id) {
        // "If the string starts with a dot ("."), the request MUST be rejected as this is reserved
        // for server-default rules.
        // Slashes ("/") and backslashes ("\\") are also not allowed."
        if (id.startsWith(".")) {
            return new Refused(
                    ErrorCode.M_INVALID_PARAM, "Rule ids that start with a dot are reserved.");
        }
        if (id.isEmpty()
                || id.length() > MAX_ID_LENGTH
                || id.indexOf('/') >= 0
                || id.indexOf('\\') >= 0) {
            return new Refused(
                    ErrorCode.M_INVALID_PARAM,
                    "A rule id must have 1 to "
                            + MAX_ID_LENGTH
                            + " characters, none of them a slash or a backslash.");
        }
        return null;
    }

    private static @Nullable Refused faultOfBody(RuleKind kind, JsonObject body) {
        Optional<JsonArray> actions = body.array("actions");
        if (actions.isEmpty()) {
            return bad("'actions' must be an array");
        }
        Refused refusal = faultOfActions(actions.get());
        if (refusal == null && kind.hasConditions()) {
            refusal = faultOfConditions(body);
        }
        if (refusal == null && kind == RuleKind.CONTENT) {
            refusal = faultOfPattern(body);
        }
        return refusal;
    }

    private static @Nullable Refused faultOfPattern(JsonObject body) {
        Optional<String> pattern = body.string("pattern");
        if (pattern.isEmpty()) {
            return bad("a content rule must have a string 'pattern'");
        }
        if (pattern.get().isEmpty() || pattern.get().length() > Glob.MAX_LENGTH) {
            return invalid("a pattern must have 1 to " + Glob.MAX_LENGTH + " characters");
        }
        return null;
    }

    private static @Nullable Refused faultOfConditions(JsonObject body) {
        if (!body.has("conditions")) {
            return null;
        }
        Optional<JsonArray> conditions = body.array("conditions");
        if (conditions.isEmpty()) {
            return bad("'conditions' must be an array");
        }
        if (conditions.get().values().size() > MAX_CONDITIONS) {
            return invalid("a rule must not have more than " + MAX_CONDITIONS + " conditions");
        }
        for (JsonValue condition : conditions.get().values()) {
            String fault = ConditionReader.read(condition).fault();
            if (fault != null) {
                return bad(fault);
            }
        }
        return null;
    }

    private static @Nullable Refused faultOfActions(JsonArray actions) {
        for (JsonValue action : actions.values()) {
            switch (action) {
                // dont_notify and coalesce are kept, so that a client finds what it wrote, and
                // never have an effect.
                case JsonString name when KNOWN_ACTIONS.contains(name.value()) -> {}
                case JsonString name -> {
                    return invalid("unknown action '" + name.value() + "'");
                }
                case JsonObject tweak when tweak.string("set_tweak").isPresent() -> {}
                default -> {
                    return bad("an action must be a string or an object with a string 'set_tweak'");
                }
            }
        }
        return null;
    }

    private static final List<String> KNOWN_ACTIONS = List.of("notify", "dont_notify", "coalesce");

    // ---- results ----

    private static PushRuleEdit changedDefault(
            PushRuleSet set, DefaultRule server, boolean enabled, JsonArray actions) {
        UserRule wanted = new UserRule(server.id(), enabled, null, null, actions);
        return changed(
                set,
                set.changes()
                        .withDefault(
                                server.kind(),
                                server.id(),
                                PushRuleSet.difference(server, wanted)));
    }

    private static PushRuleEdit changed(PushRuleSet set, PushRuleChanges changes) {
        if (changes.ruleCount() > MAX_RULES && changes.ruleCount() > set.changes().ruleCount()) {
            return new Refused(
                    ErrorCode.M_TOO_LARGE,
                    "You have " + MAX_RULES + " push rules, the most there can be.");
        }
        if (changes.json().toString().length() > MAX_STORED_LENGTH) {
            return new Refused(
                    ErrorCode.M_TOO_LARGE, "Your push rules are larger than can be stored.");
        }
        return new Changed(set.with(changes));
    }

    private static UserRule rule(RuleKind kind, String id, boolean enabled, JsonObject body) {
        return new UserRule(
                id,
                enabled,
                kind.hasConditions() ? body.array("conditions").orElse(JsonArray.of()) : null,
                kind == RuleKind.CONTENT ? body.string("pattern").orElse("") : null,
                body.array("actions").orElse(JsonArray.of()));
    }

    private static int indexOf(List<UserRule> rules, String id) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).id().equals(id)) {
                return i;
            }
        }
        return -1;
    }

    private static Refused noNeighbor(String id) {
        return id.startsWith(".")
                // "It is not possible to add a rule relative to a predefined server rule."
                ? invalid("before/after must name a rule of yours, not one of the server: " + id)
                : new Refused(ErrorCode.M_UNKNOWN, 400, "before/after rule not found: " + id);
    }

    private static Refused notFound() {
        return new Refused(ErrorCode.M_NOT_FOUND, "The push rule was not found.");
    }

    private static Refused bad(String message) {
        return new Refused(ErrorCode.M_BAD_JSON, message);
    }

    private static Refused invalid(String message) {
        return new Refused(ErrorCode.M_INVALID_PARAM, message);
    }
}
