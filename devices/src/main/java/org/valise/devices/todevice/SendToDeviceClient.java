package org.valise.devices.todevice;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.Replay;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.Standing;

/// Sends messages to devices. Spec: client-server API, `PUT /sendToDevice/{eventType}/{txnId}`.
public final class SendToDeviceClient implements Endpoint {
    /// Clients send the key of a room to some hundred devices at once.
    private static final long MOST_BYTES = 4 << 20;

    private final DeviceMessenger messenger;

    public SendToDeviceClient(DeviceMessenger messenger) {
        this.messenger = messenger;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/client/v3/sendToDevice/{eventType}/{txnId}")
                .spec("sendToDevice")
                .auth(Auth.ACCESS_TOKEN)
                .standing(Standing.SUSPENDED)
                .limit(RateLimit.SEND_TO_DEVICE)
                .replay(Replay.TRANSACTION)
                .maxBody(MOST_BYTES)
                .guests()
                .legacy();
    }

    @Override
    public Reply handle(Call call) {
        messenger.send(
                call.caller(),
                call.transaction(),
                call.path("eventType"),
                call.body().object("messages"));
        return Reply.empty();
    }
}
