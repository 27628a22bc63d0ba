package org.valise.rooms.reading;

import org.jspecify.annotations.Nullable;
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
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.reading.RoomHistory.Direction;
import org.valise.rooms.reading.RoomHistory.Page;
import org.valise.rooms.reading.RoomHistory.Range;
import org.valise.rooms.relations.RelationStore;
import org.valise.rooms.relations.RelationStore.Children;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.OrderToken;
import org.valise.rooms.tokens.Token;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The events that relate to an event. Spec: client-server API, `GET
/// /rooms/{roomId}/relations/{eventId}[/{relType}[/{eventType}]]`.
public final class RelationsClient implements Endpoint {
    private static final String PATH = "/_matrix/client/v1/rooms/{roomId}/relations/{eventId}";
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 200;

    private final Parts parts;
    private final Form form;

    /// What every form of it uses.
    public record Parts(
            RoomAccess access,
            RoomHistory history,
            VisibleEvents visible,
            RelationStore relations,
            StateEvents state,
            TokenPlaces places,
            Bundling bundling) {}

    /// How much of what is wanted the path says.
    private enum Form {
        ANY(PATH, "getRelatingEvents"),
        REL_TYPE(PATH + "/{relType}", "getRelatingEventsWithRelType"),
        REL_AND_EVENT_TYPE(
                PATH + "/{relType}/{eventType}", "getRelatingEventsWithRelTypeAndEventType");

        private final String path;
        private final String operation;

        Form(String path, String operation) {
            this.path = path;
            this.operation = operation;
        }
    }

    private RelationsClient(Parts parts, Form form) {
        this.parts = parts;
        this.form = form;
    }

    /// The three forms of the operation.
    public static List<RelationsClient> all(Parts parts) {
        return List.of(
                new RelationsClient(parts, Form.ANY),
                new RelationsClient(parts, Form.REL_TYPE),
                new RelationsClient(parts, Form.REL_AND_EVENT_TYPE));
    }

    @Override
    public Route route() {
        return Route.get(form.path)
                .spec(form.operation)
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .alsoAt(form.path.replace("/v1/", "/unstable/"));
    }

    @Override
    public Reply handle(Call call) throws InterruptedException {
        EventId parent = call.path("eventId", EventId::parse);
        Direction direction = Direction.read(call.query("dir").orElse("b"));
        int limit = FilterParameter.limit(call, DEFAULT_LIMIT, 1, MAX_LIMIT);
        boolean recurse = call.boolQuery("recurse").orElse(false);
        Token from = parts.places.settled(call, "from");
        Token to = parts.places.settled(call, "to");
        Readable room = parts.access.readable(call.caller(), call.path("roomId", RoomId::parse));
        StoredEvent known = parts.visible.find(call.caller(), room, parent);
        Children wanted =
                new Children(
                        known.room(),
                        parent,
                        form == Form.ANY ? "" : call.path("relType", RelationsClient::storable),
                        form == Form.REL_AND_EVENT_TYPE
                                ? call.path("eventType", RelationsClient::storable)
                                : "",
                        recurse,
                        room.asOf());
        Range range =
                new Range(
                        direction,
                        from == null ? start(direction) : parts.places.place(from, room),
                        to == null ? null : parts.places.place(to, room),
                        limit);
        Page page =
                parts.history.read(
                        room,
                        call.caller(),
                        range,
                        RoomEventFilter.ALL,
                        (way, at, count) -> children(wanted, way, at, count));
        return Reply.json(rendered(call, room, page, from, recurse));
    }

    /// PostgreSQL does not store NUL in text: nothing is called like that.
    private static String storable(String type) {
        if (type.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("no NUL in a type");
        }
        return type;
    }

    /// "If not supplied, results start at the most recent topological event known to the server."
    private static RoomOrder start(Direction direction) {
        return direction == Direction.BACKWARDS ? RoomOrder.LAST : RoomOrder.FIRST;
    }

    private List<StoredEvent> children(
            Children wanted, Direction direction, RoomOrder at, int limit) {
        List<Long> numbers =
                (direction == Direction.BACKWARDS
                                ? parts.relations.before(wanted, at, limit)
                                : parts.relations.from(wanted, at, limit))
                        .stream().map(RelationStore.Place::number).toList();
        Map<Long, StoredEvent> loaded = parts.state.load(wanted.room(), numbers);
        return numbers.stream().map(loaded::get).filter(Objects::nonNull).toList();
    }

    private byte[] rendered(
            Call call, Readable room, Page page, @Nullable Token from, boolean recurse) {
        Bundles bundles = parts.bundling.of(page.events(), call.caller(), room.asOf());
        JsonBuffer out = new JsonBuffer(16 << 10);
        out.ascii("{\"chunk\":");
        Reader reader = Reader.of(call.caller(), call.arrival());
        parts.state.render(page.events(), reader, bundles, out);
        if (page.more()) {
            out.ascii(",\"next_batch\":").string(new OrderToken(page.next()).toString());
        }
        if (from != null) {
            out.ascii(",\"prev_batch\":").string(from.toString());
        }
        if (recurse) {
            out.ascii(",\"recursion_depth\":").number(RelationStore.MAX_DEPTH);
        }
        return out.ascii("}").toBytes();
    }
}
