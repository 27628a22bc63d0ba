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
import org.valise.rooms.relations.Relation;
import org.valise.rooms.relations.RelationStore;
import org.valise.rooms.relations.RelationStore.ThreadEnd;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomOrder;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.OrderToken;
import org.valise.rooms.tokens.Token;
import org.valise.rooms.visibility.Visibility;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The threads of a room, the one that went on last first. Spec: client-server API, `GET
/// /rooms/{roomId}/threads`.
public final class ThreadsClient implements Endpoint {
    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_LIMIT = 100;

    private final RoomAccess access;
    private final RelationStore relations;
    private final Events events;
    private final Visibility visibility;
    private final IgnoredSenders ignoredSenders;
    private final StateEvents state;
    private final TokenPlaces places;
    private final Bundling bundling;

    public ThreadsClient(
            RoomAccess access,
            RelationStore relations,
            Events events,
            Visibility visibility,
            IgnoredSenders ignoredSenders,
            StateEvents state,
            TokenPlaces places,
            Bundling bundling) {
        this.access = access;
        this.relations = relations;
        this.events = events;
        this.visibility = visibility;
        this.ignoredSenders = ignoredSenders;
        this.state = state;
        this.places = places;
        this.bundling = bundling;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v1/rooms/{roomId}/threads")
                .spec("getThreadRoots")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .alsoAt("/_matrix/client/unstable/org.matrix.msc3856/rooms/{roomId}/threads");
    }

    @Override
    public Reply handle(Call call) throws InterruptedException {
        boolean participated = isParticipated(call.query("include").orElse("all"));
        int limit = limit(call);
        Token from = places.settled(call, "from");
        Caller caller = call.caller();
        Readable room = access.readable(caller, call.path("roomId", RoomId::parse));
        RoomOrder before = from == null ? RoomOrder.LAST : places.place(from, room);
        Set<Long> ignored = ignoredSenders.numbersOf(caller.userNumber());
        List<ThreadEnd> ends =
                relations.threads(
                        room.room().number(),
                        before,
                        room.asOf(),
                        ignored,
                        participated ? caller.userNumber() : 0,
                        limit + 1);
        boolean more = ends.size() > limit;
        ends = more ? ends.subList(0, limit) : ends;
        List<StoredEvent> roots = roots(room, caller, ends, ignored);
        Bundles bundles = bundling.of(roots, caller, room.asOf());
        JsonBuffer out = new JsonBuffer(16 << 10);
        out.ascii("{\"chunk\":");
        state.render(roots, Reader.of(caller, call.arrival()), bundles, out);
        if (more) {
            out.ascii(",\"next_batch\":").string(new OrderToken(ends.getLast().order()).toString());
        }
        return Reply.json(out.ascii("}").toBytes());
    }

    private static boolean isParticipated(String include) {
        return switch (include) {
            case "all" -> false;
            case "participated" -> true;
            default ->
                    throw new MatrixException(
                            ErrorCode.M_INVALID_PARAM, "include must be all or participated");
        };
    }

    /// "Must be an integer greater than zero."
    private static int limit(Call call) {
        long limit = call.integerQuery("limit").orElse((long) DEFAULT_LIMIT);
        if (limit <= 0) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "limit must be positive");
        }
        return (int) Math.min(limit, MAX_LIMIT);
    }

    private List<StoredEvent> roots(
            Readable room, Caller caller, List<ThreadEnd> ends, Set<Long> ignored) {
        List<EventId> ids = ends.stream().map(ThreadEnd::root).toList();
        Map<EventId, StoredEvent> known = events.byIds(ids);
        List<StoredEvent> roots = new ArrayList<>();
        for (EventId id : ids) {
            StoredEvent root = known.get(id);
            if (root != null
                    && root.room() == room.room().number()
                    && Relation.of(root.event().content()).isEmpty()
                    && visibility.maySee(caller.user(), caller.userNumber(), root)) {
                roots.add(ignored.contains(root.sender()) ? withoutContent(root) : root);
            }
        }
        return roots;
    }

    /// "If the thread root event was sent by an ignored user, the event is returned redacted to the
    /// caller."
    private static StoredEvent withoutContent(StoredEvent root) {
        return root.redactedBy() == 0 ? root.redacted(root.event().redacted(), 0) : root;
    }
}
