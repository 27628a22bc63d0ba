package org.valise.devices.dehydrated;

import org.valise.devices.dehydrated.DehydratedDevices.Messages;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// The same as clients asked for it before. MSC3814 as it was: `POST
/// /dehydrated_device/{device_id}/events`, always with `next_batch`; at the end there are no
/// events.
public final class OlderDehydratedEventsClient implements Endpoint {
    private final DehydratedDevices devices;

    public OlderDehydratedEventsClient(DehydratedDevices devices) {
        this.devices = devices;
    }

    @Override
    public Route route() {
        return Route.post(DehydratedPaths.EVENTS)
                .extension("postDehydratedDeviceEvents")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.KEYS);
    }

    @Override
    public Reply handle(Call call) {
        String from = call.bodyOrEmpty().optionalString("next_batch").orElse("");
        Messages messages =
                devices.messages(
                        call.caller(), call.path("deviceId"), DehydratedEvents.position(from));
        return Reply.json(DehydratedEvents.answer(messages, true));
    }
}
