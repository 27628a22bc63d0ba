package org.valise.rooms.invites;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;

import java.util.List;

/// The same for rooms of versions 1 and 2, whose events have one format. Spec: server-server API,
/// `PUT /_matrix/federation/v1/invite/{roomId}/{eventId}`.
public final class InviteOldFederation implements Endpoint {
    private final InviteReception reception;

    InviteOldFederation(InviteReception reception) {
        this.reception = reception;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/federation/v1/invite/{roomId}/{eventId}")
                .spec("sendInviteV1")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION_HEAVY);
    }

    @Override
    public Reply handle(Call call) {
        JsonObject event = call.jsonBody();
        List<JsonValue> told =
                event.object("unsigned")
                        .flatMap(unsigned -> unsigned.array("invite_room_state"))
                        .map(JsonArray::values)
                        .orElse(List.of());
        JsonObject signed =
                reception.receive(
                        new InviteReception.Invitation(
                                call.origin(),
                                call.path("roomId", RoomId::parse),
                                call.path("eventId", EventId::parse),
                                RoomVersion.V1,
                                event,
                                told));
        return Reply.json(Json.write(JsonArray.of(200, JsonObject.of("event", signed))));
    }
}
