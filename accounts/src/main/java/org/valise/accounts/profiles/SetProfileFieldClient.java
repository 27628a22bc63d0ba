package org.valise.accounts.profiles;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonValue;

/// Sets a field of one's own profile. Spec: client-server API, PUT /profile/{userId}/{keyName}
public final class SetProfileFieldClient implements Endpoint {
    private final Profiles profiles;

    public SetProfileFieldClient(Profiles profiles) {
        this.profiles = profiles;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/profile/{userId}/{keyName}")
                .spec("setProfileField")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.PROFILE)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = OwnProfile.caller(call);
        String key = call.path("keyName");
        ProfileRules.checkKey(key);
        JsonValue value = call.jsonBody().get(key);
        if (value == null) {
            throw new MatrixException(ErrorCode.M_MISSING_PARAM, "Missing field: " + key);
        }
        profiles.set(caller.userNumber(), key, value);
        return Reply.empty();
    }
}
