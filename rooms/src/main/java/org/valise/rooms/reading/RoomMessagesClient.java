package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.filter.RoomEventFilter;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.reading.RoomHistory.Page;
import org.valise.rooms.reading.RoomHistory.Range;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.OrderToken;
import org.valise.rooms.tokens.StreamToken;
import org.valise.rooms.tokens.Token;

import java.util.List;

/// Pages through the history of a room. Spec: client-server API, `GET /rooms/{roomId}/messages`.
public final class RoomMessagesClient implements Endpoint {
    private static final int DEFAULT_LIMIT = 10;
    private static final int MAX_LIMIT = 1_000;

    private final RoomAccess access;
    private final FilledHistory history;
    private final StateEvents state;
    private final TokenPlaces places;
    private final Bundling bundling;

    public RoomMessagesClient(
            RoomAccess access,
            FilledHistory history,
            StateEvents state,
            TokenPlaces places,
            Bundling bundling) {
        this.access = access;
        this.history = history;
        this.state = state;
        this.places = places;
        this.bundling = bundling;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/rooms/{roomId}/messages")
                .spec("getRoomEvents")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) throws InterruptedException {
        Direction direction = Direction.read(call.requiredQuery("dir"));
        int limit = FilterParameter.limit(call, DEFAULT_LIMIT, 1, MAX_LIMIT);
        RoomEventFilter filter = FilterParameter.read(call);
        Token from = places.settled(call, "from");
        Token to = places.settled(call, "to");
        Readable room = access.readable(call.caller(), call.path("roomId", RoomId::parse));
        if (from == null) {
            from = edge(direction, room);
        }
        Range range =
                new Range(
                        direction,
                        places.place(from, room),
                        to == null ? null : places.place(to, room),
                        limit);
        Page page = history.read(room, call.caller(), range, filter);
        Reader reader = Reader.of(call.caller(), call.arrival());
        JsonBuffer out = new JsonBuffer(16 << 10);
        out.ascii("{\"start\":").string(from.toString());
        if (page.more()) {
            out.ascii(",\"end\":").string(new OrderToken(page.next()).toString());
        }
        out.ascii(",\"chunk\":");
        Bundles bundles = bundling.of(page.events(), call.caller(), room.asOf());
        state.render(page.events(), reader, bundles, out);
        if (filter.lazyLoadMembers() && !page.events().isEmpty()) {
            out.ascii(",\"state\":");
            state.render(senders(room, direction, page.events()), reader, out);
        }
        return Reply.json(out.ascii("}").toBytes());
    }

    /// If it is not provided, the homeserver shall return a list of messages from the first or last
    /// (per the value of the `dir` parameter) visible event in the room history.
    private static Token edge(Direction direction, Readable room) {
        return direction == Direction.BACKWARDS
                ? new StreamToken(room.asOf(), 0)
                : new OrderToken(RoomOrder.FIRST);
    }

    /// The members who speak in the chunk, as they were at its newest event.
    private List<StoredEvent> senders(Readable room, Direction direction, List<StoredEvent> chunk) {
        StoredEvent newest = direction == Direction.BACKWARDS ? chunk.getFirst() : chunk.getLast();
        List<UserId> senders = chunk.stream().map(event -> event.event().sender()).toList();
        return state.members(room, state.after(newest), senders);
    }
}
