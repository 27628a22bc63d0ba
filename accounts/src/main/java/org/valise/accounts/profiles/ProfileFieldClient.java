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
import org.valise.protocol.json.JsonObject;

/// Shows one field of somebody's profile. Spec: client-server API, GET /profile/{userId}/{keyName}
public final class ProfileFieldClient implements Endpoint {
    private final Profiles profiles;

    public ProfileFieldClient(Profiles profiles) {
        this.profiles = profiles;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/profile/{userId}/{keyName}")
                .spec("getProfileField")
                .auth(Auth.OPTIONAL)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        String key = call.path("keyName");
        // *There is no profile field with this key for this user, or the user does not exist*:
        // which of them is not said.
        return profiles.find(call.path("userId", UserId::parse))
                .map(profile -> profile.fields().get(key))
                .map(value -> Reply.json(JsonObject.of(key, value)))
                .orElseThrow(
                        () -> new MatrixException(ErrorCode.M_NOT_FOUND, "There is no such field"));
    }
}
