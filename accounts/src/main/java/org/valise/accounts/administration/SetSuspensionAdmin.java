package org.valise.accounts.administration;

import org.valise.accounts.users.Account;
import org.valise.accounts.users.Users;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.JsonObject;

/// Suspends an account, or lets it go. Spec: client-server API, PUT /admin/suspend/{userId}
public final class SetSuspensionAdmin implements Endpoint {
    private final Users users;
    private final ModeratedAccounts accounts;

    public SetSuspensionAdmin(Users users) {
        this.users = users;
        this.accounts = new ModeratedAccounts(users);
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v1/admin/suspend/{userId}")
                .spec("setAdminSuspendUser")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.ADMIN);
    }

    @Override
    public Reply handle(Call call) {
        Account account = accounts.changed(call);
        boolean suspended = call.body().bool("suspended");
        users.setSuspended(account.number(), suspended);
        return Reply.json(JsonObject.of("suspended", suspended));
    }
}
