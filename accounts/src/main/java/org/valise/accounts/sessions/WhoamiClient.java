package org.valise.accounts.sessions;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.JsonObject;

/// Says whose access token it is. Spec: client-server API, GET /account/whoami
public final class WhoamiClient implements Endpoint {

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/account/whoami")
                .spec("getTokenOwner")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        Caller caller = call.caller();
        return Reply.json(
                JsonObject.of(
                        "user_id", caller.user().value(),
                        "device_id", caller.deviceId(),
                        "is_guest", caller.guest()));
    }
}
