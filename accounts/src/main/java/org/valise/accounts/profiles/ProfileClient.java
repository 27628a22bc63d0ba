package org.valise.accounts.profiles;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;

/// Shows somebody's profile. Spec: client-server API, GET /profile/{userId}
public final class ProfileClient implements Endpoint {
    private final Profiles profiles;

    public ProfileClient(Profiles profiles) {
        this.profiles = profiles;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/profile/{userId}")
                .spec("getUserProfile")
                .auth(Auth.OPTIONAL)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        return profiles.find(call.path("userId", UserId::parse))
                .map(profile -> Reply.json(profile.fields()))
                .orElseThrow(
                        () -> new MatrixException(ErrorCode.M_NOT_FOUND, "There is no such user"));
    }
}
