package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.RoomAlias;

/// Tells another server where an alias of this one leads. Spec: server-server API, `GET
/// /query/directory`.
public final class RoomAliasFederation implements Endpoint {
    private final Aliases aliases;

    RoomAliasFederation(Aliases aliases) {
        this.aliases = aliases;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/query/directory")
                .spec("queryRoomDirectory")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        call.requiredQuery("room_alias");
        // "Homeservers should only query room aliases that belong to the target server".
        return Reply.json(
                aliases.own(call.query("room_alias", RoomAlias::parse).orElseThrow()).json());
    }
}
