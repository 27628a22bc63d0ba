package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Tells of a backup. Spec: client-server API, `GET /room_keys/version/{version}`.
public final class BackupVersionClient implements Endpoint {
    private final Backups backups;

    public BackupVersionClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/room_keys/version/{version}")
                .spec("getRoomKeysVersion")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(backups.version(call.caller().userNumber(), call.path("version")).json());
    }
}
