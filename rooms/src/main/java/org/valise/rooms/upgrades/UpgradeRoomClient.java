package org.valise.rooms.upgrades;

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
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.ArrayList;
import java.util.List;

/// Replaces a room by one of another version. Spec: client-server API, `POST
/// /rooms/{roomId}/upgrade`.
public final class UpgradeRoomClient implements Endpoint {
    private static final int MAX_CREATORS = 100;

    private final RoomUpgrade upgrade;

    public UpgradeRoomClient(RoomUpgrade upgrade) {
        this.upgrade = upgrade;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/upgrade")
                .spec("upgradeRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.CREATE_ROOM)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = call.path("roomId", RoomId::parse);
        Body body = call.body();
        RoomVersion version =
                RoomVersion.of(body.string("new_version"))
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_UNSUPPORTED_ROOM_VERSION,
                                        "This server does not support that room version"));
        RoomId replacement =
                upgrade.upgrade(call.caller(), room, version, creators(body), call.arrival());
        return Reply.json(JsonObject.of("replacement_room", replacement.value()));
    }

    private static List<UserId> creators(Body body) {
        List<UserId> creators = new ArrayList<>();
        for (String user : body.optionalStrings("additional_creators").orElse(List.of())) {
            creators.add(
                    UserId.tryParse(user)
                            .orElseThrow(() ->
                                    new MatrixException(
                                            ErrorCode.M_INVALID_PARAM,
                                            "additional_creators must hold user IDs")));
        }
        if (creators.size() > MAX_CREATORS) {
            throw new MatrixException(
                    ErrorCode.M_INVALID_PARAM, "At most " + MAX_CREATORS + " creators");
        }
        return creators;
    }
}
