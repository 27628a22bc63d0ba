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

/// Joins a room by its id or an alias. Spec: client-server API, `POST /join/{roomIdOrAlias}`.
public final class JoinRoomClient implements Endpoint {
    private final MembershipChanger memberships;
    private final RoomTargets targets;

    public JoinRoomClient(MembershipChanger memberships, RoomTargets targets) {
        this.memberships = memberships;
        this.targets = targets;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/join/{roomIdOrAlias}")
                .spec("joinRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.JOIN)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Found target = targets.find(call.path("roomIdOrAlias"));
        RoomId room =
                memberships.join(
                        call.caller(),
                        target.room(),
                        JoinRequest.read(call.bodyOrEmpty(), Via.of(call, target.servers())),
                        call.arrival());
        return Reply.json(JsonObject.of("room_id", room.value()));
    }
}
