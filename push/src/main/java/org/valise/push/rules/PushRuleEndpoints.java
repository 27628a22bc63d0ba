package org.valise.push.rules;

import org.valise.platform.http.Endpoint;

import java.util.List;

/// The operations of the push rules API.
public final class PushRuleEndpoints {
    private PushRuleEndpoints() {}

    public static List<Endpoint> of(PushRules rules) {
        return List.of(
                new PushRulesClient(rules),
                new GlobalPushRulesClient(rules),
                new PushRuleClient(rules),
                new SetPushRuleClient(rules),
                new DeletePushRuleClient(rules),
                new PushRuleEnabledClient(rules),
                new SetPushRuleEnabledClient(rules),
                new PushRuleActionsClient(rules),
                new SetPushRuleActionsClient(rules));
    }
}
