package org.valise.rooms.directory;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomAlias;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;

/// The names that a room has on this server. Spec: client-server API, `GET
/// /rooms/{roomId}/aliases`.
public final class LocalAliasesClient implements Endpoint {
    private final Aliases aliases;

    LocalAliasesClient(Aliases aliases) {
        this.aliases = aliases;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/rooms/{roomId}/aliases")
                .spec("getLocalAliases")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        List<String> names =
                aliases.ofRoom(call.caller(), call.path("roomId", RoomId::parse)).stream()
                        .map(RoomAlias::value)
                        .toList();
        return Reply.json(JsonObject.of("aliases", JsonArray.of(names)));
    }
}
