package org.valise.accounts.sessions;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Shows one device of the caller. Spec: client-server API, GET /devices/{deviceId}
public final class DeviceClient implements Endpoint {
    private final Sessions sessions;

    public DeviceClient(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/devices/{deviceId}")
                .spec("getDevice")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        return sessions.device(call.caller().userNumber(), DevicePath.device(call))
                .map(device -> Reply.json(device.json()))
                .orElseThrow(DevicePath::notFound);
    }
}
