package org.valise.push.rules;

import static org.valise.platform.http.Auth.ACCESS_TOKEN;
import static org.valise.platform.http.RateLimit.WRITE;

import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.pushrules.PushRuleEditor;

/// Adds or changes a push rule. Spec: client-server API, PUT /pushrules/global/{kind}/{ruleId}
final class SetPushRuleClient implements Endpoint {
    private final PushRules rules;

    SetPushRuleClient(PushRules rules) {
        this.rules = rules;
    }

    @Override
    public Route route() {
        return Route.put(RulePath.TEMPLATE)
                .spec("setPushRule")
                .auth(ACCESS_TOKEN)
                .limit(WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        RulePath path = RulePath.toMake(call);
        JsonObject body = call.jsonBody();
        String before = call.query("before").orElse(null);
        String after = call.query("after").orElse(null);
        rules.change(
                caller.userNumber(),
                caller.user(),
                set -> PushRuleEditor.put(set, path.kind(), path.id(), body, before, after));
        return Reply.empty();
    }
}
