package org.valise.rooms.presence;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

import java.util.Optional;

/// Says what to take the caller for. Spec: client-server API, `PUT /presence/{userId}/status`.
public final class SetPresenceClient implements Endpoint {
    /// SECURITY: it is sent to everybody who shares a room.
    private static final int LONGEST_STATUS = 512;

    private final Presence presence;

    public SetPresenceClient(Presence presence) {
        this.presence = presence;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/presence/{userId}/status")
                .spec("setPresence")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.ACTIVE)
                .limit(RateLimit.PRESENCE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        if (!call.path("userId", UserId::parse).equals(call.caller().user())) {
            // You cannot set the presence state of another user.
            throw new MatrixException(
                    ErrorCode.M_FORBIDDEN, "You cannot set the presence of another user");
        }
        Body body = call.body();
        PresenceState state =
                PresenceState.ofWord(body.string("presence"))
                        .orElseThrow(
                                () -> invalid("presence must be online, unavailable, offline"));
        Optional<String> status = body.optionalString("status_msg");
        if (status.filter(text -> text.length() > LONGEST_STATUS).isPresent()) {
            throw invalid("status_msg is longer than " + LONGEST_STATUS + " characters");
        }
        if (status.filter(text -> text.indexOf('\0') >= 0).isPresent()) {
            throw invalid("status_msg has a NUL character");
        }
        presence.set(call.caller(), state, status.orElse(null));
        return Reply.empty();
    }

    private static MatrixException invalid(String why) {
        return new MatrixException(ErrorCode.M_INVALID_PARAM, why);
    }
}
