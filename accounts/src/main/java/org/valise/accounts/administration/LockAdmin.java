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

/// Says whether an account is locked. Spec: client-server API, GET /admin/lock/{userId}
public final class LockAdmin implements Endpoint {
    private final ModeratedAccounts accounts;

    public LockAdmin(Users users) {
        this.accounts = new ModeratedAccounts(users);
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v1/admin/lock/{userId}")
                .spec("getAdminLockUser")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.ADMIN);
    }

    @Override
    public Reply handle(Call call) {
        Account account = accounts.shown(call);
        return Reply.json(JsonObject.of("locked", account.locked()));
    }
}
