package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.reading.RoomHistory.Page;
import org.valise.rooms.reading.RoomHistory.Range;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.OrderToken;

import java.util.ArrayList;
import java.util.List;

/// What happened around an event. Spec: client-server API, `GET /rooms/{roomId}/context/{eventId}`.
public final class EventContextClient implements Endpoint {
    private static final int DEFAULT_LIMIT = 10;
    private static final int MAX_LIMIT = 200;

    private final RoomAccess access;
    private final FilledHistory history;
    private final StateEvents state;
    private final VisibleEvents visible;
    private final Bundling bundling;

    public EventContextClient(
            RoomAccess access,
            FilledHistory history,
            StateEvents state,
            VisibleEvents visible,
            Bundling bundling) {
        this.access = access;
        this.history = history;
        this.state = state;
        this.visible = visible;
        this.bundling = bundling;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/rooms/{roomId}/context/{eventId}")
                .spec("getEventContext")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        EventId id = call.path("eventId", EventId::parse);
        int limit = FilterParameter.limit(call, DEFAULT_LIMIT, 0, MAX_LIMIT);
        RoomEventFilter filter = FilterParameter.read(call);
        Readable room = access.readable(call.caller(), call.path("roomId", RoomId::parse));
        StoredEvent event = visible.find(call.caller(), room, id);
        RoomOrder place = event.order();
        if (place == null) {
            throw VisibleEvents.notFound();
        }
        Range back = new Range(Direction.BACKWARDS, place, null, limit / 2);
        Page before = history.read(room, call.caller(), back, filter);
        RoomOrder behind = OrderToken.after(place).place();
        Range forth = new Range(Direction.FORWARDS, behind, null, limit - limit / 2);
        Page after = history.read(room, call.caller(), forth, filter);
        List<StoredEvent> shown = new ArrayList<>(before.events());
        shown.add(event);
        shown.addAll(after.events());
        Bundles bundles = bundling.of(shown, call.caller(), room.asOf());
        Reader reader = Reader.of(call.caller(), call.arrival());
        JsonBuffer out = new JsonBuffer(16 << 10);
        out.ascii("{\"start\":").string(new OrderToken(before.next()).toString());
        out.ascii(",\"end\":").string(new OrderToken(after.next()).toString());
        out.ascii(",\"event\":");
        state.render(event, reader, bundles, out);
        out.ascii(",\"events_before\":");
        state.render(before.events(), reader, bundles, out);
        out.ascii(",\"events_after\":");
        state.render(after.events(), reader, bundles, out);
        out.ascii(",\"state\":");
        state.render(stateAtEnd(room, shown, filter), reader, out);
        return Reply.json(out.ascii("}").toBytes());
    }

    /// The state of the room at the last event returned.
    private List<StoredEvent> stateAtEnd(
            Readable room, List<StoredEvent> shown, RoomEventFilter filter) {
        StateSnapshot snapshot = state.after(shown.getLast());
        List<StoredEvent> all = new ArrayList<>();
        if (filter.lazyLoadMembers()) {
            List<UserId> senders = shown.stream().map(each -> each.event().sender()).toList();
            all.addAll(state.others(room, snapshot));
            all.addAll(state.members(room, snapshot, senders));
        } else {
            all.addAll(state.all(room, snapshot));
        }
        return all.stream().filter(each -> filter.matches(each.event())).toList();
    }
}
