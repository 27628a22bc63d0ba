package org.valise.accounts.sessions;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// Lists the devices of the caller. Spec: client-server API, GET /devices
public final class DevicesClient implements Endpoint {
    private final Sessions sessions;

    public DevicesClient(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Route route() {
        return Route.get("/_matrix/client/v3/devices")
                .spec("getDevices")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.READ)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        var devices = sessions.devices(call.caller().userNumber());
        return Reply.json(
                JsonObject.of(
                        "devices", JsonArray.of(devices.stream().map(Device::json).toList())));
    }
}
