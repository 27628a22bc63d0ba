package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Visibility;

import java.util.List;
import java.util.Optional;

/// A single event. Spec: client-server API, `GET /rooms/{roomId}/event/{eventId}`.
public final class RoomEventClient implements Endpoint {
    private final RoomAccess access;
    private final Events events;
    private final Visibility visibility;
    private final EventRenderer renderer;
    private final Bundling bundling;

    public RoomEventClient(
            RoomAccess access,
            Events events,
            Visibility visibility,
            EventRenderer renderer,
            Bundling bundling) {
        this.access = access;
        this.events = events;
        this.visibility = visibility;
        this.renderer = renderer;
        this.bundling = bundling;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/rooms/{roomId}/event/{eventId}")
                .spec("getOneRoomEvent")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        EventId id = call.path("eventId", EventId::parse);
        // SECURITY: one answer for what is not there and for what may not be seen.
        RoomRef room =
                access.remembered(call.caller(), call.path("roomId", RoomId::parse))
                        .orElseThrow(RoomEventClient::notFound);
        StoredEvent found = find(call.caller(), room, id).orElseThrow(RoomEventClient::notFound);
        Reader reader = Reader.of(call.caller(), call.arrival());
        Bundles bundles =
                bundling.of(List.of(found), call.caller(), access.asOf(call.caller(), room));
        return Reply.json(renderer.render(found, reader, bundles));
    }

    private static MatrixException notFound() {
        return new MatrixException(ErrorCode.M_NOT_FOUND, "Event not found");
    }

    private Optional<StoredEvent> find(Caller caller, RoomRef room, EventId id) {
        return events.byId(id)
                .filter(event -> event.room() == room.number())
                .filter(event -> visibility.maySee(caller.user(), caller.userNumber(), event));
    }
}
