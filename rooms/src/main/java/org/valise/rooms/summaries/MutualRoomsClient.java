package org.valise.rooms.summaries;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The rooms that the caller shares with somebody. Spec: client-server API, `GET /mutual_rooms`.
public final class MutualRoomsClient implements Endpoint {
    private static final Pattern TOKEN = Pattern.compile("m1_(\\d{1,18})");

    private final MutualRooms mutual;

    public MutualRoomsClient(MutualRooms mutual) {
        this.mutual = mutual;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v1/mutual_rooms")
                .spec("getMutualRooms")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.DIRECTORY)
                .alsoAt("/_matrix/client/unstable/uk.half-shot.msc2666/user/mutual_rooms");
    }

    @Override
    public Reply handle(Call call) {
        UserId other =
                call.query("user_id")
                        .flatMap(UserId::tryParse)
                        .filter(user -> !user.equals(call.caller().user()))
                        .orElseThrow(() ->
                                new MatrixException(
                                        ErrorCode.M_INVALID_PARAM,
                                        "user_id must be the ID of somebody else"));
        long after = call.query("from").map(MutualRoomsClient::after).orElse(0L);
        MutualRooms.Page page = mutual.with(call.caller(), other, after);
        JsonObject.Builder answer =
                JsonObject.builder()
                        .put(
                                "joined",
                                JsonArray.of(page.rooms().stream().map(RoomId::value).toList()))
                        .put("count", page.count());
        page.next().ifPresent(next -> answer.put("next_batch", "m1_" + next));
        return Reply.json(answer.build());
    }

    private static long after(String token) {
        Matcher fields = TOKEN.matcher(token);
        if (!fields.matches()) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "Unknown pagination token");
        }
        return Long.parseLong(fields.group(1));
    }
}
