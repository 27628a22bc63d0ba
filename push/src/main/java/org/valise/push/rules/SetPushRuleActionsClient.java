package org.valise.push.rules;

import static org.valise.platform.http.Auth.ACCESS_TOKEN;
import static org.valise.platform.http.RateLimit.WRITE;

import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.pushrules.PushRuleEditor;

/// Sets the actions of a push rule. Spec: client-server API, PUT
/// /pushrules/global/{kind}/{ruleId}/actions
final class SetPushRuleActionsClient implements Endpoint {
    private final PushRules rules;

    SetPushRuleActionsClient(PushRules rules) {
        this.rules = rules;
    }

    @Override
    public Route route() {
        return Route.put(RulePath.TEMPLATE + "/actions")
                .spec("setPushRuleActions")
                .auth(ACCESS_TOKEN)
                .limit(WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        RulePath path = RulePath.of(call);
        JsonArray actions = call.body().array("actions");
        rules.change(
                caller.userNumber(),
                caller.user(),
                set -> PushRuleEditor.setActions(set, path.kind(), path.id(), actions));
        return Reply.empty();
    }
}
