package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.rooms.rendering.JsonBuffer;

/// Gives a key. Spec: client-server API, `GET /room_keys/keys/{roomId}/{sessionId}`.
public final class KeyClient implements Endpoint {
    private final Backups backups;

    public KeyClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}")
                .spec("getRoomKeyBySessionId")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        BackedUpKey key =
                backups.key(
                        call.caller().userNumber(),
                        call.requiredQuery("version"),
                        BackedUpKey.id(call.path("roomId")),
                        BackedUpKey.id(call.path("sessionId")));
        JsonBuffer out = new JsonBuffer();
        key.render(out);
        return Reply.json(out.toBytes());
    }
}
