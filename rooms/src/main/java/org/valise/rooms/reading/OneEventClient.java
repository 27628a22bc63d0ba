package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.EventId;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.visibility.Visibility;

import java.util.Optional;

/// A single event, whatever room it is in. Deprecated, and still called. Spec: client-server API,
/// `GET /events/{eventId}`.
public final class OneEventClient implements Endpoint {
    private final RoomAccess access;
    private final Events events;
    private final Visibility visibility;
    private final EventRenderer renderer;

    public OneEventClient(
            RoomAccess access, Events events, Visibility visibility, EventRenderer renderer) {
        this.access = access;
        this.events = events;
        this.visibility = visibility;
        this.renderer = renderer;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/events/{eventId}")
                .spec("getOneEvent")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        StoredEvent found =
                find(call.caller(), call.path("eventId", EventId::parse))
                        .orElseThrow(VisibleEvents::notFound);
        Reader reader = Reader.of(call.caller(), call.arrival());
        return Reply.json(renderer.render(found, reader, Bundles.NONE));
    }

    private Optional<StoredEvent> find(Caller caller, EventId id) {
        return events.byId(id)
                .filter(event -> access.remembered(caller, event.event().roomId()).isPresent())
                .filter(event -> visibility.maySee(caller.user(), caller.userNumber(), event));
    }
}
