package org.valise.rooms.membership;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.platform.stream.Stream;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.timeline.RoomStore;

import java.util.List;

/// The rooms that the caller is in. Spec: client-server API, `GET /joined_rooms`.
public final class JoinedRoomsClient implements Endpoint {
    private final MembershipStore memberships;
    private final RoomStore rooms;
    private final Stream stream;

    public JoinedRoomsClient(MembershipStore memberships, RoomStore rooms, Stream stream) {
        this.memberships = memberships;
        this.rooms = rooms;
        this.stream = stream;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/joined_rooms")
                .spec("getJoinedRooms")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        List<String> joined =
                memberships.newest(call.caller().userNumber(), stream.applied()).stream()
                        .filter(each -> each.membership() == Membership.JOIN)
                        .map(each -> rooms.get(each.room()).id().value())
                        .toList();
        return Reply.json(JsonObject.of("joined_rooms", JsonArray.of(joined.toArray())));
    }
}
