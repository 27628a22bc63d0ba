package org.valise.rooms.membership;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// Joins a room by its id. Spec: client-server API, `POST /rooms/{roomId}/join`.
public final class JoinRoomByIdClient implements Endpoint {
    private final MembershipChanger memberships;

    public JoinRoomByIdClient(MembershipChanger memberships) {
        this.memberships = memberships;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/join")
                .spec("joinRoomById")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.JOIN)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        RoomId room =
                memberships.join(
                        call.caller(),
                        call.path("roomId", RoomId::parse),
                        JoinRequest.read(call.bodyOrEmpty(), List.of()),
                        call.arrival());
        return Reply.json(JsonObject.of("room_id", room.value()));
    }
}
