package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// Lists the directory for another server. Spec: server-server API, `GET /publicRooms`.
public final class PublicRoomsFederation implements Endpoint {
    private final PublicRoomList list;

    PublicRoomsFederation(PublicRoomList list) {
        this.list = list;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/publicRooms")
                .spec("getPublicRooms")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(
                list.page(
                        DirectorySearch.ALL,
                        call.query("since").orElse(null),
                        call.integerQuery("limit").orElse(null)));
    }
}
