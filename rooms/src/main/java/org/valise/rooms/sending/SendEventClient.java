package org.valise.rooms.sending;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Replay;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.Draft;

import java.util.Optional;

/// Sends a message event. Spec: client-server API, `PUT …/send/{eventType}/{txnId}`.
public final class SendEventClient implements Endpoint {
    private final EventSender sender;

    public SendEventClient(EventSender sender) {
        this.sender = sender;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}")
                .spec("sendMessage")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.SEND_EVENT)
                .guests()
                .replay(Replay.TRANSACTION)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = call.path("roomId", RoomId::parse);
        String type = call.path("eventType");
        JsonObject content = call.jsonBody();
        Draft draft = Draft.message(type, call.caller().user(), content, call.arrival());
        Optional<EventId> redacts =
                type.equals(EventTypes.REDACTION)
                        ? content.string("redacts").flatMap(EventId::tryParse)
                        : Optional.empty();
        String transaction = call.path("txnId");
        EventId id =
                redacts.map(target ->
                                sender.redact(call.transaction(), transaction, room, target, draft))
                        .orElseGet(() -> sender.send(call.transaction(), transaction, room, draft));
        return Reply.json(JsonObject.of("event_id", id.value()));
    }
}
