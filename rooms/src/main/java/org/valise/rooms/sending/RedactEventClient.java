package org.valise.rooms.sending;

import org.valise.platform.http.AccountState;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Replay;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.timeline.Events;

/// Redacts an event. Spec: client-server API, `PUT …/redact/{eventId}/{txnId}`.
public final class RedactEventClient implements Endpoint {
    private final EventSender sender;
    private final Events events;

    public RedactEventClient(EventSender sender, Events events) {
        this.sender = sender;
        this.events = events;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}")
                .spec("redactEvent")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.SEND_EVENT)
                .replay(Replay.TRANSACTION)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        EventId target = call.path("eventId", EventId::parse);
        refuseSuspended(call.caller(), target);
        JsonObject.Builder content = JsonObject.builder();
        call.bodyOrEmpty().optionalString("reason").ifPresent(why -> content.put("reason", why));
        Draft draft =
                Draft.message(
                        EventTypes.REDACTION,
                        call.caller().user(),
                        content.build(),
                        call.arrival());
        EventId id =
                sender.redact(
                        call.transaction(),
                        call.path("txnId"),
                        call.path("roomId", RoomId::parse),
                        target,
                        draft);
        return Reply.json(JsonObject.of("event_id", id.value()));
    }

    /// *Redact their own events* is what a suspended account may do; *redacting other users'
    /// events* is forbidden.
    private void refuseSuspended(Caller caller, EventId target) {
        if (caller.state() == AccountState.SUSPENDED
                && events.byId(target)
                        .filter(event -> event.sender() == caller.userNumber())
                        .isEmpty()) {
            throw new MatrixException(ErrorCode.M_USER_SUSPENDED, "This account has been suspended")
                    .status(403);
        }
    }
}
