package org.valise.rooms.typing;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
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
import org.valise.protocol.id.UserId;
import org.valise.rooms.reading.RoomAccess;

import java.time.Duration;

/// Begins or ends typing. Spec: client-server API, `PUT /rooms/{roomId}/typing/{userId}`.
public final class SetTypingClient implements Endpoint {
    private static final long USUAL_MILLIS = 30_000;
    private static final long LEAST_MILLIS = 1_000;
    private static final long MOST_MILLIS = 120_000;

    private final RoomAccess access;
    private final Typing typing;

    public SetTypingClient(RoomAccess access, Typing typing) {
        this.access = access;
        this.typing = typing;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/rooms/{roomId}/typing/{userId}")
                .spec("setTyping")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.EPHEMERAL)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        if (!call.path("userId", UserId::parse).equals(caller.user())) {
            throw new MatrixException(ErrorCode.M_FORBIDDEN, "Nobody types for somebody else");
        }
        Body body = call.body();
        boolean types = body.bool("typing");
        long millis = body.optionalInteger("timeout").orElse(USUAL_MILLIS);
        if (millis < 0) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "timeout must not be negative");
        }
        long room = access.joined(caller, call.path("roomId", RoomId::parse)).room().number();
        if (types) {
            long bounded = Math.clamp(millis, LEAST_MILLIS, MOST_MILLIS);
            typing.set(room, caller.userNumber(), Duration.ofMillis(bounded));
        } else {
            typing.clear(room, caller.userNumber());
        }
        return Reply.empty();
    }
}
