package org.valise.rooms.reading;

import org.valise.accounts.accountdata.AccountData;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;

/// A room as a preview shows it. Spec: client-server API, `GET /rooms/{roomId}/initialSync`.
public final class RoomInitialSyncClient implements Endpoint {
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 200;

    private final RoomSnapshots snapshots;
    private final AccountData accountData;

    public RoomInitialSyncClient(RoomSnapshots snapshots, AccountData accountData) {
        this.snapshots = snapshots;
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/rooms/{roomId}/initialSync")
                .spec("roomInitialSync")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = call.path("roomId", RoomId::parse);
        int limit = FilterParameter.limit(call, DEFAULT_LIMIT, 1, MAX_LIMIT);
        JsonBuffer out = new JsonBuffer(16 << 10);
        snapshots.render(
                call.caller(),
                room,
                limit,
                accountData.all(call.caller().userNumber()),
                Reader.of(call.caller(), call.arrival()),
                out);
        return Reply.json(out.toBytes());
    }
}
