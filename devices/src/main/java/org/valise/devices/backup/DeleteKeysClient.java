package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Deletes all keys of a backup. Spec: client-server API, `DELETE /room_keys/keys`.
public final class DeleteKeysClient implements Endpoint {
    private final Backups backups;

    public DeleteKeysClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.delete("/_matrix/client/v3/room_keys/keys")
                .spec("deleteRoomKeys")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Backup backup =
                backups.deleteKeys(call.caller().userNumber(), call.requiredQuery("version"));
        return Reply.json(backup.update());
    }
}
