package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.Token;

import java.util.List;
import java.util.Optional;

/// The member events of a room. Spec: client-server API, `GET /rooms/{roomId}/members`.
public final class RoomMembersClient implements Endpoint {
    private final RoomAccess access;
    private final StateEvents state;
    private final TokenPlaces places;

    public RoomMembersClient(RoomAccess access, StateEvents state, TokenPlaces places) {
        this.access = access;
        this.state = state;
        this.places = places;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/rooms/{roomId}/members")
                .spec("getMembersByRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) throws InterruptedException {
        Optional<Membership> is = call.query("membership", RoomMembersClient::membership);
        Optional<Membership> isNot = call.query("not_membership", RoomMembersClient::membership);
        Optional<String> at = call.query("at");
        Token token = at.isPresent() ? places.settled(at.get()) : null;
        Readable room = access.readable(call.caller(), call.path("roomId", RoomId::parse));
        StateSnapshot snapshot = token == null ? room.state() : places.state(token, room);
        List<StoredEvent> members =
                state.members(room, snapshot).stream()
                        .filter(event -> isWanted(event, is, isNot))
                        .toList();
        JsonBuffer out = new JsonBuffer(16 << 10);
        out.ascii("{\"chunk\":");
        state.render(members, Reader.of(call.caller(), call.arrival()), out);
        return Reply.json(out.ascii("}").toBytes());
    }

    private static Membership membership(String word) {
        return Membership.ofWord(word)
                .orElseThrow(() -> new IllegalArgumentException("not a membership"));
    }

    /// When specified alongside `not_membership`, the two parameters create an 'or' condition.
    private static boolean isWanted(
            StoredEvent event, Optional<Membership> is, Optional<Membership> isNot) {
        Optional<Membership> membership = Membership.of(event.event().content());
        return is.isEmpty() && isNot.isEmpty()
                || is.isPresent() && membership.equals(is)
                || isNot.isPresent() && !membership.equals(isNot);
    }
}
