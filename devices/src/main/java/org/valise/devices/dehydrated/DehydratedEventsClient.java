package org.valise.devices.dehydrated;

import org.valise.devices.dehydrated.DehydratedDevices.Messages;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Gives the messages to the dehydrated device. MSC3814 as it is now: `GET
/// /dehydrated_device/{device_id}/events?from=…`, without `next_batch` at the end.
public final class DehydratedEventsClient implements Endpoint {
    private final DehydratedDevices devices;

    public DehydratedEventsClient(DehydratedDevices devices) {
        this.devices = devices;
    }

    @Override
    public Route route() {
        return Route.get(DehydratedPaths.EVENTS)
                .extension("getDehydratedDeviceEvents")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS);
    }

    @Override
    public Reply handle(Call call) {
        String from = call.query("from").orElse("");
        Messages messages =
                devices.messages(
                        call.caller(), call.path("deviceId"), DehydratedEvents.position(from));
        return Reply.json(DehydratedEvents.answer(messages, messages.more()));
    }
}
