package org.valise.rooms.invites;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;

import java.util.List;

/// Another server invites a user of this one. Spec: server-server API, `PUT
/// /_matrix/federation/v2/invite/{roomId}/{eventId}`.
public final class InviteFederation implements Endpoint {
    private static final long MOST_BYTES = 4L << 20;

    private final InviteReception reception;

    InviteFederation(InviteReception reception) {
        this.reception = reception;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/federation/v2/invite/{roomId}/{eventId}")
                .spec("sendInviteV2")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION_HEAVY)
                .maxBody(MOST_BYTES);
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = call.path("roomId", RoomId::parse);
        EventId id = call.path("eventId", EventId::parse);
        Body body = call.body().refusingWith(ErrorCode.M_INVALID_PARAM);
        RoomVersion version = version(body.string("room_version"));
        // "`M_MISSING_PARAM` […] `invite_room_state`": older servers may leave it out where older
        // room versions allow it.
        List<JsonValue> told =
                version.has(Tweak.ROOM_ID_IS_HASH)
                        ? body.array("invite_room_state").values()
                        : body.optionalArray("invite_room_state")
                                .map(JsonArray::values)
                                .orElse(List.of());
        JsonObject signed =
                reception.receive(
                        new InviteReception.Invitation(
                                call.origin(), room, id, version, body.object("event"), told));
        return Reply.json(JsonObject.of("event", signed));
    }

    private static RoomVersion version(String version) {
        return RoomVersion.of(version)
                .orElseThrow(() ->
                        new MatrixException(
                                        ErrorCode.M_INCOMPATIBLE_ROOM_VERSION,
                                        "This server has no rooms of version " + version)
                                .with("room_version", version));
    }
}
