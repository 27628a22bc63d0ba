package org.valise.rooms.receipts;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.receipts.ReadingMarker.Mark;

import java.util.List;
import java.util.Optional;

/// Acknowledges an event. Spec: client-server API, `POST
/// /rooms/{roomId}/receipt/{receiptType}/{eventId}`.
public final class SendReceiptClient implements Endpoint {
    private final ReadingMarker marker;

    public SendReceiptClient(ReadingMarker marker) {
        this.marker = marker;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}")
                .spec("postReceipt")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.EPHEMERAL)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = call.path("roomId", RoomId::parse);
        String type = call.path("receiptType");
        EventId event = call.path("eventId", EventId::parse);
        boolean fullyRead = type.equals(ReadingMarker.FULLY_READ);
        if (!fullyRead && ReceiptType.of(type).isEmpty()) {
            throw ReadingMarker.invalid("No such type of receipt");
        }
        Optional<String> thread =
                call.bodyOrEmpty()
                        .refusingWith(ErrorCode.M_INVALID_PARAM)
                        .optionalString("thread_id");
        if (thread.isPresent() && (fullyRead || thread.get().isEmpty())) {
            throw ReadingMarker.invalid(
                    fullyRead
                            ? "m.fully_read knows no threads"
                            : "thread_id field must be a non-empty string");
        }
        marker.mark(
                call.caller(),
                room,
                List.of(new Mark(type, event, thread.orElse(null))),
                call.arrival());
        return Reply.empty();
    }
}
