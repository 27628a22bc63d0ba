package org.valise.rooms.membership;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;

/// Invites someone by their user id. Spec: client-server API, `POST /rooms/{roomId}/invite`.
public final class InviteUserClient implements Endpoint {
    private final MembershipChanger memberships;

    public InviteUserClient(MembershipChanger memberships) {
        this.memberships = memberships;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/invite")
                .spec("inviteUser")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.INVITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        if (!body.has("user_id") && body.has("medium")) {
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN,
                    "This server has no identity server: invite people by their user id");
        }
        memberships.invite(
                call.caller(),
                call.path("roomId", RoomId::parse),
                body.string("user_id", UserId::parse),
                body.optionalString("reason").orElse(null),
                call.arrival());
        return Reply.empty();
    }
}
