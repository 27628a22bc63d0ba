package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// Lists the directory. Spec: client-server API, `GET /publicRooms`.
public final class PublicRoomsClient implements Endpoint {
    private final PublicRoomList list;

    PublicRoomsClient(PublicRoomList list) {
        this.list = list;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/publicRooms")
                .spec("getPublicRooms")
                .auth(Auth.NONE)
                .limit(RateLimit.DIRECTORY)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        return list.list(call);
    }
}
