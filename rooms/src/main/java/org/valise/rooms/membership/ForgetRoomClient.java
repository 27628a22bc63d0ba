package org.valise.rooms.membership;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;

/// Forgets a room that was left. Spec: client-server API, `POST /rooms/{roomId}/forget`.
public final class ForgetRoomClient implements Endpoint {
    private final Forgetting forgetting;

    public ForgetRoomClient(Forgetting forgetting) {
        this.forgetting = forgetting;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/forget")
                .spec("forgetRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        forgetting.forget(call.caller(), call.path("roomId", RoomId::parse));
        return Reply.empty();
    }
}
