package org.valise.rooms.summaries;

import org.jspecify.annotations.Nullable;
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
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.members.Membership;
import org.valise.rooms.membership.RoomTargets;
import org.valise.rooms.summaries.RoomSummaries.Told;

import java.util.List;

/// What there is to know of a room before joining it. Spec: client-server API, `GET
/// /room_summary/{roomIdOrAlias}`.
public final class RoomSummaryClient implements Endpoint {
    private final RoomSummaries summaries;
    private final RoomTargets targets;

    public RoomSummaryClient(RoomSummaries summaries, RoomTargets targets) {
        this.summaries = summaries;
        this.targets = targets;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v1/room_summary/{roomIdOrAlias}")
                .spec("getRoomSummary")
                .auth(Auth.OPTIONAL)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.DIRECTORY)
                .alsoAt(
                        "/_matrix/client/unstable/im.nheko.summary/summary/{roomIdOrAlias}",
                        "/_matrix/client/unstable/im.nheko.summary/rooms/{roomIdOrAlias}/summary")
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        RoomId room = targets.resolve(call.path("roomIdOrAlias"));
        @Nullable Caller reader = call.optionalCaller().orElse(null);
        Told told = summaries.told(List.of(room), reader).get(room);
        if (told == null) {
            // SECURITY: one answer for what is not there and for what may not be known.
            throw new MatrixException(ErrorCode.M_NOT_FOUND, "Room not found");
        }
        JsonObject content = told.summary().content();
        if (reader != null) {
            Membership membership = told.membership();
            content =
                    content.with(
                            "membership",
                            (membership == null ? Membership.LEAVE : membership).word());
        }
        return Reply.json(content);
    }
}
