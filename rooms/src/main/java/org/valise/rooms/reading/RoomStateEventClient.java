package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.StoredEvent;

/// A single piece of state. Spec: client-server API, `GET
/// /rooms/{roomId}/state/{eventType}/{stateKey}`.
public final class RoomStateEventClient implements Endpoint {
    private final RoomAccess access;
    private final StateEvents state;

    public RoomStateEventClient(RoomAccess access, StateEvents state) {
        this.access = access;
        this.state = state;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}")
                .spec("getRoomStateWithKey")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .alsoAt(
                        "/_matrix/client/v3/rooms/{roomId}/state/{eventType}",
                        "/_matrix/client/v3/rooms/{roomId}/state/{eventType}/")
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        boolean whole = isWholeEvent(call.query("format").orElse("content"));
        Readable room = access.readable(call.caller(), call.path("roomId", RoomId::parse));
        StoredEvent found =
                state.find(room, new StateKey(call.path("eventType"), call.path("stateKey")))
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_NOT_FOUND, "The room has no such state"));
        return whole
                ? Reply.json(state.render(found, Reader.of(call.caller(), call.arrival())))
                : Reply.json(found.event().content());
    }

    private static boolean isWholeEvent(String format) {
        return switch (format) {
            case "content" -> false;
            case "event" -> true;
            default ->
                    throw new MatrixException(
                            ErrorCode.M_INVALID_PARAM, "format must be content or event");
        };
    }
}
