package org.valise.accounts.sessions;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

import java.util.List;

/// Deletes a device of the caller and logs it out. Spec: client-server API, DELETE
/// /devices/{deviceId}
public final class DeleteDeviceClient implements Endpoint {
    private final DeviceDeletion deletion;

    public DeleteDeviceClient(DeviceDeletion deletion) {
        this.deletion = deletion;
    }

    @Override
    public Route route() {
        return Route.delete("/_matrix/client/v3/devices/{deviceId}")
                .spec("deleteDevice")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.WRITE)
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        String device = DevicePath.device(call);
        // Some clients send no body at first.
        return deletion.delete(
                call, "deleteDevice " + device, List.of(device), call.jsonBodyOrEmpty());
    }
}
