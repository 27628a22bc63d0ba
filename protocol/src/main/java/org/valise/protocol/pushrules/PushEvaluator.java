package org.valise.protocol.pushrules;

import org.jspecify.annotations.Nullable;

import java.util.IdentityHashMap;
import java.util.Map;

/// Runs the rules of users on an event. An instance is one event for many users: what came out for
/// one holds for all who have the same rules, unless it depended on who they are. Not for several
/// threads at once.
public final class PushEvaluator {
    private final PushEvent event;
    private final PushRoom room;
    private final Map<CompiledRules, PushActions> sameForAll = new IdentityHashMap<>(4);

    public PushEvaluator(PushEvent event, PushRoom room) {
        this.event = event;
        this.room = room;
    }

    /// @param displayName the owner's in that room
    public PushActions actionsFor(PushRuleSet rules, @Nullable String displayName) {
        // "Homeservers MUST NOT notify the Push Gateway for events that the user has sent
        // themselves."
        if (event.sender().equals(rules.owner().value())) {
            return PushActions.NONE;
        }
        PushActions known = sameForAll.get(rules.compiled());
        if (known != null) {
            return known;
        }
        Evaluation evaluation = new Evaluation(event, room, rules.owner().value(), displayName);
        PushActions actions = rules.compiled().run(evaluation);
        if (!evaluation.isPersonal()) {
            sameForAll.put(rules.compiled(), actions);
        }
        return actions;
    }

    public static PushActions evaluate(PushRuleSet rules, PushContext context) {
        return new PushEvaluator(context.event(), context.room())
                .actionsFor(rules, context.displayName());
    }
}
