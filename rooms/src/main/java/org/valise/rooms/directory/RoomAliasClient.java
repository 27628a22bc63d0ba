package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.RoomAlias;

/// Where an alias leads. Spec: client-server API, `GET /directory/room/{roomAlias}`.
public final class RoomAliasClient implements Endpoint {
    private final Aliases aliases;

    RoomAliasClient(Aliases aliases) {
        this.aliases = aliases;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/directory/room/{roomAlias}")
                .spec("getRoomIdByAlias")
                .auth(Auth.NONE)
                .limit(RateLimit.DIRECTORY)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(aliases.find(call.path("roomAlias", RoomAlias::parse)).json());
    }
}
