package org.valise.accounts.sessions;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

import java.util.Optional;

/// Renames a device of the caller. Spec: client-server API, PUT /devices/{deviceId}
public final class UpdateDeviceClient implements Endpoint {
    private final Sessions sessions;

    public UpdateDeviceClient(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/devices/{deviceId}")
                .spec("updateDevice")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy()
                .guests();
    }

    @Override
    public Reply handle(Call call) {
        long user = call.caller().userNumber();
        String device = DevicePath.device(call);
        Optional<String> name = call.body().optionalString("display_name").map(DeviceName::checked);
        if (sessions.device(user, device).isEmpty()) {
            throw DevicePath.notFound();
        }
        // *If not given, the display name is unchanged.*
        name.ifPresent(given -> sessions.rename(user, device, given));
        return Reply.empty();
    }
}
