package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;

/// The whole state of a room. Spec: client-server API, `GET /rooms/{roomId}/state`.
public final class RoomStateClient implements Endpoint {
    private final RoomAccess access;
    private final StateEvents state;

    public RoomStateClient(RoomAccess access, StateEvents state) {
        this.access = access;
        this.state = state;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/rooms/{roomId}/state")
                .spec("getRoomState")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Readable room = access.readable(call.caller(), call.path("roomId", RoomId::parse));
        JsonBuffer out = new JsonBuffer(16 << 10);
        Reader reader = Reader.of(call.caller(), call.arrival());
        state.render(state.all(room, room.state()), reader, out);
        return Reply.json(out.toBytes());
    }
}
