package org.valise.rooms.handshake;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// Takes in a leaving that another server has signed: of a member, or of somebody who declines an
/// invitation or takes back a knock. Spec: server-server API, `PUT /send_leave/{roomId}/{eventId}`,
/// v2.
final class SendLeaveFederation implements Endpoint {
    private final SignedMemberships memberships;

    SendLeaveFederation(SignedMemberships memberships) {
        this.memberships = memberships;
    }

    @Override
    public Route route() {
        return Route.put(Handshake.LEAVE.sendPath() + "/{roomId}/{eventId}")
                .spec("sendLeaveV2")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        memberships.receive(Handshake.LEAVE, call);
        return Reply.empty();
    }
}
