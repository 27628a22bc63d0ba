package org.valise.accounts.accountdata;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;

/// Deletes account data of a room. Not in the specification: MSC3391.
public final class DeleteRoomAccountDataClient implements Endpoint {
    private final AccountData accountData;

    public DeleteRoomAccountDataClient(AccountData accountData) {
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.delete(
                        "/_matrix/client/unstable/org.matrix.msc3391/user/{userId}/rooms/{roomId}/account_data/{type}")
                .extension("deleteAccountDataPerRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE);
    }

    @Override
    public Reply handle(Call call) {
        long user = OwnAccount.user(call);
        String type = AccountDataRules.writableType(call.path("type"));
        accountData.delete(user, call.path("roomId", RoomId::parse), type);
        return Reply.empty();
    }
}
