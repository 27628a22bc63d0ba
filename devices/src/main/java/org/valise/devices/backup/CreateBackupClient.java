package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.JsonObject;

/// Creates a new backup. Spec: client-server API, `POST /room_keys/version`.
public final class CreateBackupClient implements Endpoint {
    private final Backups backups;

    public CreateBackupClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/room_keys/version")
                .spec("postRoomKeysVersion")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        String version =
                backups.create(
                        call.caller().userNumber(),
                        body.string("algorithm"),
                        body.object("auth_data"));
        return Reply.json(JsonObject.of("version", version));
    }
}
