package org.valise.rooms.invites;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.members.Membership;

/// Another server says that one of its users is who was invited by a third-party identifier. Spec:
/// server-server API, `PUT /_matrix/federation/v1/exchange_third_party_invite/{roomId}`.
final class ExchangeThirdPartyInviteFederation implements Endpoint {
    private final ThirdPartyInvites invites;
    private final AclCheck acl;

    ExchangeThirdPartyInviteFederation(ThirdPartyInvites invites, AclCheck acl) {
        this.invites = invites;
        this.acl = acl;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/federation/v1/exchange_third_party_invite/{roomId}")
                .spec("exchangeThirdPartyInvite")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION_HEAVY);
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = call.path("roomId", RoomId::parse);
        Body body = call.body();
        JsonObject content = body.object("content");
        UserId target = body.string("state_key", UserId::parse);
        if (!body.string("type").equals(EventTypes.MEMBER)
                || !body.string("room_id").equals(room.value())
                || !content.string("membership").orElse("").equals(Membership.INVITE.word())) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Not an invitation to this room");
        }
        if (!target.isOn(call.origin())) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, "Not a user of " + call.origin());
        }
        acl.require(room, call.origin());
        JsonObject signed = Body.of(Body.of(content).object("third_party_invite")).object("signed");
        invites.exchange(
                new ThirdPartyInvites.Bound(
                        room, body.string("sender", UserId::parse), target, signed),
                call.arrival());
        return Reply.empty();
    }
}
