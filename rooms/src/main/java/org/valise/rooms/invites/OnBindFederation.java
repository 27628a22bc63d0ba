package org.valise.rooms.invites;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Body;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// An identity server says that a third-party identifier is a local user's. Spec: server-server
/// API, `PUT /_matrix/federation/v1/3pid/onbind`.
///
/// SECURITY: anybody can say so. It is believed by nobody but whoever checks what the identity
/// server has signed: the inviter's server.
final class OnBindFederation implements Endpoint {
    private static final int MOST_INVITES = 10;

    private final ThirdPartyInvites invites;
    private final Predicate<UserId> exists;

    /// @param exists whether somebody on this server has that id, and may use it
    OnBindFederation(ThirdPartyInvites invites, Predicate<UserId> exists) {
        this.invites = invites;
        this.exists = exists;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/federation/v1/3pid/onbind")
                .spec("onBindThirdPartyIdentifier")
                .auth(Auth.NONE)
                .limit(RateLimit.PUBLIC);
    }

    @Override
    public Reply handle(Call call) {
        Body body = call.body();
        body.string("medium");
        body.string("address");
        UserId user = body.string("mxid", UserId::parse);
        List<JsonValue> given = body.array("invites").values();
        if (!exists.test(user) || given.size() > MOST_INVITES) {
            throw new MatrixException(
                            ErrorCode.M_INVALID_PARAM, "No such user, or too many invitations")
                    .status(400);
        }
        List<ThirdPartyInvites.Bound> all = new ArrayList<>();
        for (JsonValue value : given) {
            if (!(value instanceof JsonObject one)) {
                throw new MatrixException(ErrorCode.M_BAD_JSON, "invites must hold objects");
            }
            Body invite = Body.of(one);
            all.add(
                    new ThirdPartyInvites.Bound(
                            invite.string("room_id", RoomId::parse),
                            invite.string("sender", UserId::parse),
                            user,
                            invite.object("signed")));
        }
        all.forEach(bound -> invites.bound(bound, call.arrival()));
        return Reply.empty();
    }
}
