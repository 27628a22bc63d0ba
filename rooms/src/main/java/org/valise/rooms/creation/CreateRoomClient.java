package org.valise.rooms.creation;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;

/// Makes a room. Spec: client-server API, `POST /createRoom`.
public final class CreateRoomClient implements Endpoint {
    private final RoomCreator creator;

    public CreateRoomClient(RoomCreator creator) {
        this.creator = creator;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/createRoom")
                .spec("createRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.CREATE_ROOM)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = creator.create(call.caller(), call.bodyOrEmpty(), call.arrival());
        return Reply.json(JsonObject.of("room_id", room.value()));
    }
}
