package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

import java.util.List;

/// Stores a key. Spec: client-server API, `PUT /room_keys/keys/{roomId}/{sessionId}`.
public final class StoreKeyClient implements Endpoint {
    private final Backups backups;

    public StoreKeyClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}")
                .spec("putRoomKeyBySessionId")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEY_BACKUP)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        String room = call.path("roomId");
        String session = call.path("sessionId");
        Backup backup =
                backups.store(
                        call.caller().userNumber(),
                        call.requiredQuery("version"),
                        () -> List.of(BackedUpKey.of(room, session, call.jsonBody())));
        return Reply.json(backup.update());
    }
}
