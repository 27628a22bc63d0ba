package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Gives the keys of a room. Spec: client-server API, `GET /room_keys/keys/{roomId}`.
public final class KeysOfRoomClient implements Endpoint {
    private final Backups backups;

    public KeysOfRoomClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/room_keys/keys/{roomId}")
                .spec("getRoomKeysByRoomId")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        return Reply.stream(
                "application/json",
                backups.keys(
                        call.caller().userNumber(),
                        call.requiredQuery("version"),
                        BackedUpKey.id(call.path("roomId"))),
                -1);
    }
}
