package org.valise.rooms.receipts;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.receipts.ReadingMarker.Mark;

import java.util.ArrayList;
import java.util.List;

/// Sets the read marker, and receipts with it. Spec: client-server API, `POST
/// /rooms/{roomId}/read_markers`.
public final class SetReadMarkerClient implements Endpoint {
    private static final List<String> TYPES =
            List.of(
                    ReadingMarker.FULLY_READ,
                    ReceiptType.READ.word(),
                    ReceiptType.READ_PRIVATE.word());

    private final ReadingMarker marker;

    public SetReadMarkerClient(ReadingMarker marker) {
        this.marker = marker;
    }

    @Override
    public Route route() {
        return Route.post("/_matrix/client/v3/rooms/{roomId}/read_markers")
                .spec("setReadMarker")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.EPHEMERAL)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.bodyOrEmpty();
        List<Mark> marks = new ArrayList<>();
        for (String type : TYPES) {
            body.optionalString(type, EventId::parse)
                    .ifPresent(event -> marks.add(new Mark(type, event, null)));
        }
        marker.mark(call.caller(), call.path("roomId", RoomId::parse), marks, call.arrival());
        return Reply.empty();
    }
}
