package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Deletes a key. Spec: client-server API, `DELETE /room_keys/keys/{roomId}/{sessionId}`.
public final class DeleteKeyClient implements Endpoint {
    private final Backups backups;

    public DeleteKeyClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.delete("/_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}")
                .spec("deleteRoomKeyBySessionId")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Backup backup =
                backups.deleteKey(
                        call.caller().userNumber(),
                        call.requiredQuery("version"),
                        BackedUpKey.id(call.path("roomId")),
                        BackedUpKey.id(call.path("sessionId")));
        return Reply.json(backup.update());
    }
}
