package org.valise.accounts.accountdata;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

/// Shows account data. Spec: client-server API, GET /user/{userId}/account_data/{type}
public final class AccountDataClient implements Endpoint {
    private final AccountData accountData;

    public AccountDataClient(AccountData accountData) {
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/user/{userId}/account_data/{type}")
                .spec("getAccountData")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        long user = OwnAccount.user(call);
        String type = AccountDataRules.checkedType(call.path("type"));
        return accountData
                .find(user, null, type)
                .map(Reply::json)
                .orElseThrow(() ->
                        new MatrixException(
                                ErrorCode.M_NOT_FOUND, "There is no such account data"));
    }
}
