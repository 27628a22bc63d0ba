package org.valise.accounts.accountdata;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;

/// Writes account data of a room. Spec: client-server API, PUT
/// /user/{userId}/rooms/{roomId}/account_data/{type}
public final class SetRoomAccountDataClient implements Endpoint {
    private final AccountData accountData;

    public SetRoomAccountDataClient(AccountData accountData) {
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}")
                .spec("setAccountDataPerRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        long user = OwnAccount.user(call);
        String type = AccountDataRules.writableType(call.path("type"));
        accountData.keep(user, call.path("roomId", RoomId::parse), type, call.jsonBody());
        return Reply.empty();
    }
}
