package org.valise.sync.legacy;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.platform.stream.Stream;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.Rooms;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.reading.Readable;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.StreamToken;
import org.valise.rooms.view.RoomView;
import org.valise.sync.classic.IgnoredUsers;
import org.valise.sync.streams.UserView;
import org.valise.sync.streams.UserViews;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Events as they come: of all rooms that somebody is in, or of one room that they preview. Spec:
/// client-server API, `GET /events` in both its forms.
public final class EventStreamClient implements Endpoint {
    private static final Duration MAX_WAIT = Duration.ofSeconds(90);
    private static final Duration CATCH_UP = Duration.ofSeconds(5);

    /// How long at most until it is noticed that nobody waits for a preview any more.
    private static final Duration LOOK_UP = Duration.ofSeconds(1);

    /// Of each room: who lacks more is to use `/messages`.
    private static final int MAX_EVENTS = 100;

    private final Stream stream;
    private final UserViews users;
    private final Rooms rooms;
    private final IgnoredUsers ignored;

    public EventStreamClient(Stream stream, UserViews users, Rooms rooms, IgnoredUsers ignored) {
        this.stream = stream;
        this.users = users;
        this.rooms = rooms;
        this.ignored = ignored;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/events")
                .spec("getEvents")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.SYNC)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) throws InterruptedException {
        Optional<StreamToken> given = call.query("from").map(StreamToken::parse);
        if (given.isPresent() && !stream.await(given.get().position(), CATCH_UP)) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "The token is from the future");
        }
        long from = given.map(StreamToken::position).orElseGet(stream::applied);
        Optional<RoomId> preview = call.query("room_id", RoomId::parse);
        long wait = Math.clamp(call.integerQuery("timeout").orElse(0L), 0L, MAX_WAIT.toMillis());
        long deadline = System.nanoTime() + Duration.ofMillis(wait).toNanos();
        try (UserViews.Lease lease = users.open(call.caller().userNumber())) {
            call.onRelease(lease.view()::wakeAll);
            return answer(call, lease.view(), from, preview, deadline);
        }
    }

    private Reply answer(
            Call call, UserView user, long from, Optional<RoomId> preview, long deadline)
            throws InterruptedException {
        while (true) {
            long now = stream.applied();
            List<StoredEvent> found =
                    preview.isPresent()
                            ? ofRoom(call.caller(), preview.get(), from, now)
                            : ofAllRooms(call.caller(), user, from, now);
            long left = deadline - System.nanoTime();
            if (!found.isEmpty() || left <= 0 || call.released()) {
                return Reply.json(rendered(call, from, now, found));
            }
            if (preview.isPresent()) {
                stream.await(now + 1, min(Duration.ofNanos(left), LOOK_UP));
            } else {
                user.await(now, Long.MAX_VALUE, 0, left, call::released);
            }
        }
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private List<StoredEvent> ofRoom(Caller caller, RoomId id, long from, long now) {
        Readable room = rooms.access().readable(caller, id);
        return visible(caller, room.view(), from, Math.min(now, room.asOf()));
    }

    private List<StoredEvent> ofAllRooms(Caller caller, UserView user, long from, long now) {
        Optional<Set<Long>> changed = user.roomsChangedAfter(from);
        List<StoredEvent> found = new ArrayList<>();
        for (UserMembership membership : user.membershipsAt(now)) {
            boolean isNews = changed.isEmpty() || changed.get().contains(membership.room());
            if (isNews && membership.membership() == Membership.JOIN) {
                found.addAll(visible(caller, rooms.views().get(membership.room()), from, now));
            }
        }
        found.sort(Comparator.comparingLong(StoredEvent::position));
        return found;
    }

    private List<StoredEvent> visible(Caller caller, RoomView room, long from, long asOf) {
        Predicate<StoredEvent> visible =
                rooms.visibility().to(caller.user(), caller.userNumber(), room.room().number());
        Set<String> unwanted = ignored.of(caller.userNumber());
        return room.timeline(from, asOf, MAX_EVENTS).events().stream()
                .filter(event ->
                        event.isState() || !unwanted.contains(event.event().sender().value()))
                .filter(visible)
                .toList();
    }

    private byte[] rendered(Call call, long from, long to, List<StoredEvent> events) {
        Reader reader = Reader.of(call.caller(), call.arrival());
        JsonBuffer out = new JsonBuffer(4 << 10);
        out.ascii("{\"start\":").string(new StreamToken(from, 0).toString());
        out.ascii(",\"end\":").string(new StreamToken(to, 0).toString());
        out.ascii(",\"chunk\":[");
        for (int i = 0; i < events.size(); i++) {
            out.ascii(i == 0 ? "" : ",");
            rooms.renderer().render(events.get(i), reader, out);
        }
        return out.ascii("]}").toBytes();
    }
}
