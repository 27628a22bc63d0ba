package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;

/// Changes a backup's `auth_data`. Spec: client-server API, `PUT /room_keys/version/{version}`.
public final class UpdateBackupClient implements Endpoint {
    private final Backups backups;

    public UpdateBackupClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/room_keys/version/{version}")
                .spec("putRoomKeysVersion")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        String version = call.path("version");
        // *If present, must be the same as the version in the path parameter.*
        if (!body.optionalString("version").orElse(version).equals(version)) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Version does not match");
        }
        backups.update(
                call.caller().userNumber(),
                version,
                body.string("algorithm"),
                body.object("auth_data"));
        return Reply.empty();
    }
}
