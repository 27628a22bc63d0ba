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
import org.valise.rooms.directory.AliasLookup.Found;

/// Asks to be let into a room. Spec: client-server API, `POST /knock/{roomIdOrAlias}`.
public final class KnockRoomClient implements Endpoint {
    private final MembershipChanger memberships;
    private final RoomTargets targets;

    public KnockRoomClient(MembershipChanger memberships, RoomTargets targets) {
        this.memberships = memberships;
        this.targets = targets;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/knock/{roomIdOrAlias}")
                .spec("knockRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.JOIN)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Found target = targets.find(call.path("roomIdOrAlias"));
        RoomId room =
                memberships.knock(
                        call.caller(),
                        target.room(),
                        Via.of(call, target.servers()),
                        call.bodyOrEmpty().optionalString("reason").orElse(null),
                        call.arrival());
        return Reply.json(JsonObject.of("room_id", room.value()));
    }
}
