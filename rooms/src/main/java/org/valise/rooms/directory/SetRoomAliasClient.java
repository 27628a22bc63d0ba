package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomAlias;
import org.valise.protocol.id.RoomId;

/// Gives a room a name. Spec: client-server API, `PUT /directory/room/{roomAlias}`.
public final class SetRoomAliasClient implements Endpoint {
    private final Aliases aliases;

    SetRoomAliasClient(Aliases aliases) {
        this.aliases = aliases;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/directory/room/{roomAlias}")
                .spec("setRoomAlias")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.DIRECTORY)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        aliases.add(
                call.caller(),
                call.path("roomAlias", RoomAlias::parse),
                call.body().string("room_id", RoomId::parse));
        return Reply.empty();
    }
}
