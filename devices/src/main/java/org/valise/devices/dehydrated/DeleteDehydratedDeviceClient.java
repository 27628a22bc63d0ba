package org.valise.devices.dehydrated;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Deletes the dehydrated device. MSC3814: `DELETE /dehydrated_device`.
public final class DeleteDehydratedDeviceClient implements Endpoint {
    private final DehydratedDevices devices;

    public DeleteDehydratedDeviceClient(DehydratedDevices devices) {
        this.devices = devices;
    }

    @Override
    public Route route() {
        return Route.delete(DehydratedPaths.DEVICE)
                .extension("deleteDehydratedDevice")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS);
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(DehydratedDevices.named(devices.delete(call.caller())));
    }
}
