package org.valise.push.rules;

import static org.valise.platform.http.Auth.ACCESS_TOKEN;
import static org.valise.platform.http.RateLimit.WRITE;

import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.pushrules.PushRuleEditor;

/// Deletes a push rule. Spec: client-server API, DELETE /pushrules/global/{kind}/{ruleId}
final class DeletePushRuleClient implements Endpoint {
    private final PushRules rules;

    DeletePushRuleClient(PushRules rules) {
        this.rules = rules;
    }

    @Override
    public Route route() {
        return Route.delete(RulePath.TEMPLATE)
                .spec("deletePushRule")
                .auth(ACCESS_TOKEN)
                .limit(WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        RulePath path = RulePath.of(call);
        rules.change(
                caller.userNumber(),
                caller.user(),
                set -> PushRuleEditor.delete(set, path.kind(), path.id()));
        return Reply.empty();
    }
}
