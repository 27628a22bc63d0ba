package org.valise.push.rules;

import static org.valise.platform.http.Auth.ACCESS_TOKEN;
import static org.valise.platform.http.RateLimit.READ;

import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// Retrieves all push rules. Spec: client-server API, GET /pushrules/global/
final class GlobalPushRulesClient implements Endpoint {
    private final PushRules rules;

    GlobalPushRulesClient(PushRules rules) {
        this.rules = rules;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/pushrules/global/")
                .spec("getPushRulesGlobal")
                .auth(ACCESS_TOKEN)
                .limit(READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        return Reply.json(rules.of(caller.userNumber(), caller.user()).json());
    }
}
