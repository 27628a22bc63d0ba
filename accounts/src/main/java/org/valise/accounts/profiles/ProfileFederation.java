package org.valise.accounts.profiles;

import org.valise.accounts.users.Users;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

/// Shows another server the profile of a user of this one. Spec: server-server API, GET
/// /query/profile
public final class ProfileFederation implements Endpoint {
    private final Profiles profiles;
    private final Users users;

    public ProfileFederation(Profiles profiles, Users users) {
        this.profiles = profiles;
        this.users = users;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/federation/v1/query/profile")
                .spec("queryProfile")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) {
        call.requiredQuery("user_id");
        UserId user = call.query("user_id", UserId::parse).orElseThrow();
        // "MUST be a user local to the receiving homeserver". SECURITY: else one server would make
        // this one ask others.
        if (!users.isLocal(user)) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "user_id is not of this server")
                    .status(400);
        }
        JsonObject fields =
                profiles.find(user)
                        .orElseThrow(() ->
                                new MatrixException(ErrorCode.M_NOT_FOUND, "There is no such user"))
                        .fields();
        // "If specified, the server MUST only return the given field in the response."
        return Reply.json(
                call.query("field").map(name -> fields.keep(name::equals)).orElse(fields));
    }
}
