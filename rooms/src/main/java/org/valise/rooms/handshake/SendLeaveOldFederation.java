package org.valise.rooms.handshake;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// The first version of the operation, which older servers still use: its answer stands in an array
/// behind a status. It is no part of the specification any more.
final class SendLeaveOldFederation implements Endpoint {
    private final SignedMemberships memberships;

    SendLeaveOldFederation(SignedMemberships memberships) {
        this.memberships = memberships;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/federation/v1/send_leave/{roomId}/{eventId}")
                .extension("sendLeaveV1")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        memberships.receive(Handshake.LEAVE, call);
        return Reply.json(Json.write(JsonArray.of(200, JsonObject.of())));
    }
}
