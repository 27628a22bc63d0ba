package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Deletes a backup with all its keys. Spec: client-server API, `DELETE
/// /room_keys/version/{version}`.
public final class DeleteBackupClient implements Endpoint {
    private final Backups backups;

    public DeleteBackupClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.delete("/_matrix/client/v3/room_keys/version/{version}")
                .spec("deleteRoomKeysVersion")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        backups.delete(call.caller().userNumber(), call.path("version"));
        return Reply.empty();
    }
}
