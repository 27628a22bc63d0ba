package org.valise.accounts.accountdata;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;

/// Takes a tag off a room. Spec: client-server API, DELETE /user/{userId}/rooms/{roomId}/tags/{tag}
public final class DeleteRoomTagClient implements Endpoint {
    private final AccountData accountData;

    public DeleteRoomTagClient(AccountData accountData) {
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.delete("/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}")
                .spec("deleteRoomTag")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        long user = OwnAccount.user(call);
        RoomId room = call.path("roomId", RoomId::parse);
        String tag = RoomTags.checked(call.path("tag"));
        accountData.update(user, room, RoomTags.TYPE, was -> RoomTags.without(was, tag));
        return Reply.empty();
    }
}
