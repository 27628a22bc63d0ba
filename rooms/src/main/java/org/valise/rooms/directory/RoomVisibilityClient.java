package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.timeline.RoomStore;

/// Whether a room is in the directory. Spec: client-server API, `GET
/// /directory/list/room/{roomId}`.
public final class RoomVisibilityClient implements Endpoint {
    private final RoomStore rooms;
    private final RoomDirectory directory;

    RoomVisibilityClient(RoomStore rooms, RoomDirectory directory) {
        this.rooms = rooms;
        this.directory = directory;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/directory/list/room/{roomId}")
                .spec("getRoomVisibilityOnDirectory")
                .auth(Auth.NONE)
                .limit(RateLimit.DIRECTORY)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        // SECURITY, NOTSPEC: anybody may ask; 404 for a room that is not known would tell them
        // which
        // private rooms there are.
        boolean published =
                rooms.find(call.path("roomId", RoomId::parse))
                        .filter(room -> directory.has(room.number()))
                        .isPresent();
        return Reply.json(JsonObject.of("visibility", published ? "public" : "private"));
    }
}
