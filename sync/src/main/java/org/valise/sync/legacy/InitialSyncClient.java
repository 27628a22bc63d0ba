package org.valise.sync.legacy;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.accountdata.AccountDataEntry;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.Json;
import org.valise.rooms.Rooms;
import org.valise.rooms.aggregations.Bundles;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.rendering.Reader;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.tokens.StreamToken;

import java.util.List;

/// Everything, once. Deprecated: `/sync` without `since` says more. Spec: client-server API, `GET
/// /initialSync`.
public final class InitialSyncClient implements Endpoint {
    private static final int DEFAULT_LIMIT = 10;
    private static final int MAX_LIMIT = 50;

    private final Stream stream;
    private final Rooms rooms;
    private final AccountData accountData;

    public InitialSyncClient(Stream stream, Rooms rooms, AccountData accountData) {
        this.stream = stream;
        this.rooms = rooms;
        this.accountData = accountData;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/initialSync")
                .spec("initialSync")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.SYNC)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        long wanted = call.integerQuery("limit").orElse((long) DEFAULT_LIMIT);
        int limit = Math.clamp(wanted, 1, MAX_LIMIT);
        boolean archived = call.boolQuery("archived").orElse(false);
        Caller caller = call.caller();
        Reader reader = Reader.of(caller, call.arrival());
        long now = stream.applied();
        List<AccountDataEntry> data = accountData.all(caller.userNumber());
        JsonBuffer out = new JsonBuffer(64 << 10);
        out.ascii("{\"end\":").string(new StreamToken(now, 0).toString());
        out.ascii(",\"presence\":[],\"rooms\":[");
        String comma = "";
        for (UserMembership membership : rooms.memberships().newest(caller.userNumber(), now)) {
            JsonBuffer room = new JsonBuffer();
            if (render(caller, membership, archived, limit, data, reader, room)) {
                out.ascii(comma).raw(room.toBytes());
                comma = ",";
            }
        }
        out.ascii("],\"account_data\":[");
        comma = "";
        for (AccountDataEntry entry : data) {
            if (entry.room() == null) {
                out.ascii(comma).ascii("{\"content\":").value(Json.parse(entry.content()));
                out.ascii(",\"type\":").string(entry.type()).ascii("}");
                comma = ",";
            }
        }
        return Reply.json(out.ascii("]}").toBytes());
    }

    /// @return whether the room is shown
    private boolean render(
            Caller caller,
            UserMembership membership,
            boolean archived,
            int limit,
            List<AccountDataEntry> data,
            Reader reader,
            JsonBuffer out) {
        RoomId room = rooms.rooms().get(membership.room()).id();
        return switch (membership.membership()) {
            case JOIN -> snapshot(caller, room, limit, data, reader, out);
            case INVITE -> invitation(room, membership, reader, out);
            case LEAVE, BAN ->
                    archived
                            && wasIn(caller, membership)
                            && snapshot(caller, room, limit, data, reader, out);
            case KNOCK -> false;
        };
    }

    private boolean snapshot(
            Caller caller,
            RoomId room,
            int limit,
            List<AccountDataEntry> data,
            Reader reader,
            JsonBuffer out) {
        rooms.snapshots().render(caller, room, limit, data, reader, out);
        return true;
    }

    private boolean invitation(
            RoomId room, UserMembership membership, Reader reader, JsonBuffer out) {
        StoredEvent invite = rooms.memberEvents().of(membership);
        out.ascii("{\"room_id\":").string(room.value()).ascii(",\"membership\":\"invite\"");
        out.ascii(",\"invite\":").raw(rooms.renderer().render(invite, reader, Bundles.NONE));
        out.ascii("}");
        return true;
    }

    private boolean wasIn(Caller caller, UserMembership left) {
        boolean forgotten =
                rooms.memberships()
                        .forgotten(caller.userNumber(), left.room())
                        .filter(room -> room.position() >= left.position())
                        .isPresent();
        return !forgotten
                && rooms.memberships().history(caller.userNumber(), left.room()).stream()
                        .anyMatch(each -> each.membership() == Membership.JOIN);
    }
}
