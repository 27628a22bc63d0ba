package org.valise.accounts.profiles;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;

/// Removes a field of one's own profile. Spec: client-server API, DELETE
/// /profile/{userId}/{keyName}
public final class DeleteProfileFieldClient implements Endpoint {
    private final Profiles profiles;

    public DeleteProfileFieldClient(Profiles profiles) {
        this.profiles = profiles;
    }

    @Override
    public Route route() {
        return Route.delete("/_matrix/client/v3/profile/{userId}/{keyName}")
                .spec("deleteProfileField")
                .auth(Auth.ACCESS_TOKEN)
                .limit(RateLimit.PROFILE)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        profiles.remove(OwnProfile.caller(call).userNumber(), call.path("keyName"));
        return Reply.empty();
    }
}
