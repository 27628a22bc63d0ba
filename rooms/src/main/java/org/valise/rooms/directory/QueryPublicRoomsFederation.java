package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// Searches the directory for another server. Spec: server-server API, `POST /publicRooms`.
public final class QueryPublicRoomsFederation implements Endpoint {
    private final PublicRoomList list;

    QueryPublicRoomsFederation(PublicRoomList list) {
        this.list = list;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/federation/v1/publicRooms")
                .spec("queryPublicRooms")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        return list.search(call.bodyOrEmpty());
    }
}
