package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Stores keys of a room. Spec: client-server API, `PUT /room_keys/keys/{roomId}`.
public final class StoreKeysOfRoomClient implements Endpoint {
    private final Backups backups;

    public StoreKeysOfRoomClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/room_keys/keys/{roomId}")
                .spec("putRoomKeysByRoomId")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .maxBody(StoreKeysClient.MOST_BYTES)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Backup backup =
                backups.store(
                        call.caller().userNumber(),
                        call.requiredQuery("version"),
                        () -> BackedUpKey.inRoom(call.path("roomId"), call.jsonBody()));
        return Reply.json(backup.update());
    }
}
