package org.valise.rooms.membership;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;

/// Lifts a ban. Spec: client-server API, `POST /rooms/{roomId}/unban`.
public final class UnbanClient implements Endpoint {
    private final MembershipChanger memberships;

    public UnbanClient(MembershipChanger memberships) {
        this.memberships = memberships;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/unban")
                .spec("unban")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        memberships.unban(
                call.caller(),
                call.path("roomId", RoomId::parse),
                body.string("user_id", UserId::parse),
                body.optionalString("reason").orElse(null),
                call.arrival());
        return Reply.empty();
    }
}
