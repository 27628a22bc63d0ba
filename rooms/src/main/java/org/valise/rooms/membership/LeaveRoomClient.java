package org.valise.rooms.membership;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;

/// Leaves a room, declines an invitation or takes back a knock. Spec: client-server API, `POST
/// /rooms/{roomId}/leave`.
public final class LeaveRoomClient implements Endpoint {
    private final MembershipChanger memberships;

    public LeaveRoomClient(MembershipChanger memberships) {
        this.memberships = memberships;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/leave")
                .spec("leaveRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.JOIN)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        memberships.leave(
                call.caller(),
                call.path("roomId", RoomId::parse),
                call.bodyOrEmpty().optionalString("reason").orElse(null),
                call.arrival());
        return Reply.empty();
    }
}
