package org.valise.push.rules;

import static org.valise.platform.http.Auth.ACCESS_TOKEN;
import static org.valise.platform.http.RateLimit.WRITE;

import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.pushrules.PushRuleEditor;

/// Enables or disables a push rule. Spec: client-server API, PUT
/// /pushrules/global/{kind}/{ruleId}/enabled
final class SetPushRuleEnabledClient implements Endpoint {
    private final PushRules rules;

    SetPushRuleEnabledClient(PushRules rules) {
        this.rules = rules;
    }

    @Override
    public Route route() {
        return Route.put(RulePath.TEMPLATE + "/enabled")
                .spec("setPushRuleEnabled")
                .auth(ACCESS_TOKEN)
                .limit(WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        RulePath path = RulePath.of(call);
        boolean enabled = call.body().bool("enabled");
        rules.change(
                caller.userNumber(),
                caller.user(),
                set -> PushRuleEditor.enable(set, path.kind(), path.id(), enabled));
        return Reply.empty();
    }
}
