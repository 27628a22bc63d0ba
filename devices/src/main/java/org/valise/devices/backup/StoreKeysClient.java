package org.valise.devices.backup;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Stores keys of any rooms. Spec: client-server API, `PUT /room_keys/keys`.
public final class StoreKeysClient implements Endpoint {
    /// Clients that restore or import many keys send some thousand at once.
    static final long MOST_BYTES = 16 << 20;

    private final Backups backups;

    public StoreKeysClient(Backups backups) {
        this.backups = backups;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/room_keys/keys")
                .spec("putRoomKeys")
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
                        () -> BackedUpKey.inRooms(call.body().object("rooms")));
        return Reply.json(backup.update());
    }
}
