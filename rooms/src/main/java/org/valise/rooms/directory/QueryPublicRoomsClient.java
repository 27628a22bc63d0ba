package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Searches the directory. Spec: client-server API, `POST /publicRooms`.
public final class QueryPublicRoomsClient implements Endpoint {
    private final PublicRoomList list;

    QueryPublicRoomsClient(PublicRoomList list) {
        this.list = list;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/publicRooms")
                .spec("queryPublicRooms")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.DIRECTORY)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        return list.search(call);
    }
}
