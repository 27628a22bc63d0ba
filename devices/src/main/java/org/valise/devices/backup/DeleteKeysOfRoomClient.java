package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Deletes the keys of a room. Spec: client-server API, `DELETE /room_keys/keys/{roomId}`.
public final class DeleteKeysOfRoomClient implements Endpoint {
    private final Backups backups;

    public DeleteKeysOfRoomClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.delete("/_matrix/client/v3/room_keys/keys/{roomId}")
                .spec("deleteRoomKeysByRoomId")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Backup backup =
                backups.deleteKeys(
                        call.caller().userNumber(),
                        call.requiredQuery("version"),
                        BackedUpKey.id(call.path("roomId")));
        return Reply.json(backup.update());
    }
}
