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

/// Lists a room's tags. Spec: client-server API, GET /user/{userId}/rooms/{roomId}/tags
public final class RoomTagsClient implements Endpoint {
    private final AccountData accountData;

    public RoomTagsClient(AccountData accountData) {
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/user/{userId}/rooms/{roomId}/tags")
                .spec("getRoomTags")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        long user = OwnAccount.user(call);
        JsonObject content =
                accountData
                        .find(user, call.path("roomId", RoomId::parse), RoomTags.TYPE)
                        .orElse(JsonObject.of());
        return Reply.json(JsonObject.of(RoomTags.TAGS, RoomTags.of(content)));
    }
}
