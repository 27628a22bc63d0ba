package org.valise.accounts.accountdata;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;

/// Tags a room. Spec: client-server API, PUT /user/{userId}/rooms/{roomId}/tags/{tag}
public final class SetRoomTagClient implements Endpoint {
    private final AccountData accountData;

    public SetRoomTagClient(AccountData accountData) {
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}")
                .spec("setRoomTag")
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
        JsonObject content = call.jsonBodyOrEmpty();
        RoomTags.checkOrder(content);
        accountData.updateKept(user, room, RoomTags.TYPE, was -> RoomTags.with(was, tag, content));
        return Reply.empty();
    }
}
