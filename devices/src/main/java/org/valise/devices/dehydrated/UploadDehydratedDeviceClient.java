package org.valise.devices.dehydrated;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Stores a dehydrated device, in place of the one before. MSC3814: `PUT /dehydrated_device`.
public final class UploadDehydratedDeviceClient implements Endpoint {
    private final DehydratedDevices devices;

    public UploadDehydratedDeviceClient(DehydratedDevices devices) {
        this.devices = devices;
    }

    @Override
    public Route route() {
        return Route.put(DehydratedPaths.DEVICE)
                .extension("putDehydratedDevice")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS);
    }

    @Override
    public Reply handle(Call call) {
        return Reply.json(DehydratedDevices.named(devices.replace(call.caller(), call.body())));
    }
}
