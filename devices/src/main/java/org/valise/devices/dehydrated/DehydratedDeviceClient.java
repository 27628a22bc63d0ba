package org.valise.devices.dehydrated;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;
import org.valise.protocol.json.Json;

/// Gives the dehydrated device to whoever wants to bring it to life. MSC3814: `GET
/// /dehydrated_device`.
public final class DehydratedDeviceClient implements Endpoint {
    private final DehydratedDevices devices;

    public DehydratedDeviceClient(DehydratedDevices devices) {
        this.devices = devices;
    }

    @Override
    public Route route() {
        return Route.get(DehydratedPaths.DEVICE)
                .extension("getDehydratedDevice")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS);
    }

    @Override
    public Reply handle(Call call) {
        DehydratedDevice device = devices.get(call.caller());
        return Reply.json(
                DehydratedDevices.named(device.id())
                        .with("device_data", Json.parseObject(device.data())));
    }
}
