package org.valise.push.rules;

import static org.valise.platform.http.Auth.ACCESS_TOKEN;
import static org.valise.platform.http.RateLimit.READ;

import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonObject;

/// Says whether a push rule is enabled. Spec: client-server API, GET
/// /pushrules/global/{kind}/{ruleId}/enabled
final class PushRuleEnabledClient implements Endpoint {
    private final PushRules rules;

    PushRuleEnabledClient(PushRules rules) {
        this.rules = rules;
    }

    @Override
    public Route route() {
        return Route.get(RulePath.TEMPLATE + "/enabled")
                .spec("isPushRuleEnabled")
                .auth(ACCESS_TOKEN)
                .limit(READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        RulePath path = RulePath.of(call);
        boolean enabled = path.in(rules.of(caller.userNumber(), caller.user())).enabled();
        return Reply.json(JsonObject.of("enabled", enabled));
    }
}
