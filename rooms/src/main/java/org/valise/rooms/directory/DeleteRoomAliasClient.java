package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomAlias;

/// Takes a name from a room. Spec: client-server API, `DELETE /directory/room/{roomAlias}`.
public final class DeleteRoomAliasClient implements Endpoint {
    private final Aliases aliases;

    DeleteRoomAliasClient(Aliases aliases) {
        this.aliases = aliases;
    }

    @Override
    public Route route() {
        return Route.delete("/_matrix/client/v3/directory/room/{roomAlias}")
                .spec("deleteRoomAlias")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.DIRECTORY)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        aliases.remove(call.caller(), call.path("roomAlias", RoomAlias::parse), call.arrival());
        return Reply.empty();
    }
}
