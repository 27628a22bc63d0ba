package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// All push rules of a user: the server's with the user's changes on top. Immutable, compiled once,
/// safe to share.
public final class PushRuleSet {
    private final UserId owner;
    private final DefaultRules defaults;
    private final PushRuleChanges changes;
    private final CompiledRules compiled;

    private PushRuleSet(
            UserId owner, DefaultRules defaults, PushRuleChanges changes, CompiledRules compiled) {
        this.owner = owner;
        this.defaults = defaults;
        this.changes = changes;
        this.compiled = compiled;
    }

    /// The rules of a user who changed nothing.
    public static PushRuleSet defaults(UserId owner) {
        return of(owner, DefaultRules.SPECIFIED, PushRuleChanges.NONE);
    }

    public static PushRuleSet of(UserId owner, DefaultRules defaults, PushRuleChanges changes) {
        CompiledRules compiled =
                changes.isEmpty() ? defaults.unchanged() : new CompiledRules(defaults, changes);
        return new PushRuleSet(owner, defaults, changes, compiled);
    }

    /// Reads a ruleset as [#json] and other servers write it. Default rules that this server does
    /// not have are left out.
    public static PushRuleSet parse(UserId owner, JsonObject global) {
        DefaultRules defaults = DefaultRules.SPECIFIED;
        PushRuleChanges changes = PushRuleChanges.NONE;
        for (RuleKind kind : RuleKind.values()) {
            List<UserRule> own = new ArrayList<>();
            for (JsonObject json : PushRuleChanges.objects(global, kind.id())) {
                UserRule rule = UserRule.parse(kind, json).orElse(null);
                if (rule == null) {
                    continue;
                }
                DefaultRule known = defaults.find(kind, rule.id());
                if (known != null) {
                    changes = changes.withDefault(kind, rule.id(), difference(known, rule));
                } else if (!rule.id().startsWith(".")) {
                    own.add(rule);
                }
            }
            changes = changes.withRules(kind, own);
        }
        return of(owner, defaults, changes);
    }

    static PushRuleChanges.DefaultChange difference(DefaultRule server, UserRule wanted) {
        return new PushRuleChanges.DefaultChange(
                wanted.enabled() == server.enabled() ? null : wanted.enabled(),
                wanted.actions().equals(server.actions()) ? null : wanted.actions());
    }

    public UserId owner() {
        return owner;
    }

    /// What is to be stored of this set.
    public PushRuleChanges changes() {
        return changes;
    }

    DefaultRules defaults() {
        return defaults;
    }

    CompiledRules compiled() {
        return compiled;
    }

    PushRuleSet with(PushRuleChanges changed) {
        return of(owner, defaults, changed);
    }

    /// The rules of a kind, most important first.
    public List<PushRule> rules(RuleKind kind) {
        List<PushRule> shown = new ArrayList<>();
        List<DefaultRule> server = defaults.of(kind);
        for (DefaultRule rule : server) {
            if (rule.id().equals(DefaultRules.MASTER)) {
                shown.add(rule.shown(owner, changes.change(kind, rule.id())));
            }
        }
        for (UserRule rule : changes.rules(kind)) {
            shown.add(rule.shown(kind));
        }
        for (DefaultRule rule : server) {
            if (!rule.id().equals(DefaultRules.MASTER)) {
                shown.add(rule.shown(owner, changes.change(kind, rule.id())));
            }
        }
        return shown;
    }

    public Optional<PushRule> rule(RuleKind kind, String id) {
        for (UserRule rule : changes.rules(kind)) {
            if (rule.id().equals(id)) {
                return Optional.of(rule.shown(kind));
            }
        }
        DefaultRule server = defaults.find(kind, id);
        return server == null
                ? Optional.empty()
                : Optional.of(server.shown(owner, changes.change(kind, id)));
    }

    /// The ruleset as clients get it ("global").
    public JsonObject json() {
        JsonObject.Builder json = JsonObject.builder();
        for (RuleKind kind : RuleKind.values()) {
            json.put(kind.id(), JsonArray.of(rules(kind).stream().map(PushRule::json).toList()));
        }
        return json.build();
    }

    /// The content of the `m.push_rules` event, and the answer to `GET /pushrules/`.
    public JsonObject content() {
        return JsonObject.of("global", json());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof PushRuleSet set
                        && owner.equals(set.owner)
                        && defaults == set.defaults
                        && changes.equals(set.changes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(owner, changes);
    }

    @Override
    public String toString() {
        return "PushRuleSet[" + owner + ", " + changes + "]";
    }
}
