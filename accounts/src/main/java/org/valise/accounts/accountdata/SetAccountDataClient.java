package org.valise.accounts.accountdata;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Writes account data. Spec: client-server API, PUT /user/{userId}/account_data/{type}
public final class SetAccountDataClient implements Endpoint {
    private final AccountData accountData;

    public SetAccountDataClient(AccountData accountData) {
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/user/{userId}/account_data/{type}")
                .spec("setAccountData")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        long user = OwnAccount.user(call);
        String type = AccountDataRules.writableType(call.path("type"));
        accountData.keep(user, null, type, call.jsonBody());
        return Reply.empty();
    }
}
