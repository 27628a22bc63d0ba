package org.valise.rooms.handshake;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;

import java.util.List;

/// Gives another server a template of a member event to sign. Spec: server-server API, `GET
/// /make_join/{roomId}/{userId}` and its like for knocks and leaving.
final class MakeMembershipFederation implements Endpoint {
    private final Handshake handshake;
    private final String operation;
    private final MembershipTemplates templates;

    MakeMembershipFederation(Handshake handshake, String operation, MembershipTemplates templates) {
        this.handshake = handshake;
        this.operation = operation;
        this.templates = templates;
    }

    @Override
    public Route route() {
        return Route.get(handshake.makePath() + "/{roomId}/{userId}")
                .spec(operation)
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        // "The room versions the sending server has support for. Defaults to `[1]`."
        List<String> versions = call.queries("ver");
        return Reply.json(
                templates.template(
                        handshake,
                        call.origin(),
                        call.path("roomId", RoomId::parse),
                        call.path("userId", UserId::parse),
                        versions.isEmpty() ? List.of("1") : versions,
                        call.arrival()));
    }
}
