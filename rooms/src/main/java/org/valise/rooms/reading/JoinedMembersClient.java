package org.valise.rooms.reading;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonNull;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonString;
import org.valise.protocol.json.JsonValue;
import org.valise.rooms.members.Membership;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Optional;

/// Who is in a room, with their profiles in it. Spec: client-server API, `GET
/// /rooms/{roomId}/joined_members`.
public final class JoinedMembersClient implements Endpoint {
    private final RoomAccess access;
    private final StateEvents state;

    public JoinedMembersClient(RoomAccess access, StateEvents state) {
        this.access = access;
        this.state = state;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/rooms/{roomId}/joined_members")
                .spec("getJoinedMembersByRoom")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Readable room = access.joined(call.caller(), call.path("roomId", RoomId::parse));
        JsonObject.Builder joined = JsonObject.builder();
        for (StoredEvent member : state.members(room, room.state())) {
            JsonObject content = member.event().content();
            String user = member.event().stateKey();
            if (user != null && Membership.of(content).equals(Optional.of(Membership.JOIN))) {
                joined.put(user, profile(content));
            }
        }
        return Reply.json(JsonObject.of("joined", joined.build()));
    }

    // NOTSPEC: what is not there may be absent; bots rely on both keys (matrix-nio never encrypts
    // in a room whose members have no `display_name`), so it is null.
    private static JsonObject profile(JsonObject content) {
        return JsonObject.of(
                "display_name",
                content.string("displayname").<JsonValue>map(JsonString::new).orElse(JsonNull.NULL),
                "avatar_url",
                content.string("avatar_url").<JsonValue>map(JsonString::new).orElse(JsonNull.NULL));
    }
}
