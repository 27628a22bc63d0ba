package org.valise.accounts.accountdata;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Deletes account data. Not in the specification: MSC3391.
public final class DeleteAccountDataClient implements Endpoint {
    private final AccountData accountData;

    public DeleteAccountDataClient(AccountData accountData) {
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.delete(
                        "/_matrix/client/unstable/org.matrix.msc3391/user/{userId}/account_data/{type}")
                .extension("deleteAccountData")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE);
    }

    @Override
    public Reply handle(Call call) {
        long user = OwnAccount.user(call);
        String type = AccountDataRules.writableType(call.path("type"));
        accountData.delete(user, null, type);
        return Reply.empty();
    }
}
