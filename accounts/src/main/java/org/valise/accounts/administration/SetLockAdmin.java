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

/// Locks an account, or unlocks it. Spec: client-server API, PUT /admin/lock/{userId}
public final class SetLockAdmin implements Endpoint {
    private final Users users;
    private final ModeratedAccounts accounts;

    public SetLockAdmin(Users users) {
        this.users = users;
        this.accounts = new ModeratedAccounts(users);
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v1/admin/lock/{userId}")
                .spec("setAdminLockUser")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.ADMIN);
    }

    @Override
    public Reply handle(Call call) {
        Account account = accounts.changed(call);
        boolean locked = call.body().bool("locked");
        users.setLocked(account.number(), locked);
        return Reply.json(JsonObject.of("locked", locked));
    }
}
