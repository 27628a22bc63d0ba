package org.valise.sync.classic;

import org.jspecify.annotations.Nullable;
import org.valise.devices.todevice.Inboxes;
import org.valise.devices.todevice.Inboxes.Delivery;
import org.valise.platform.http.Caller;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.tokens.StreamToken;

/// The messages to the syncing device. Spec: client-server API, "Send-to-Device messaging",
/// "Extensions to /sync".
public final class DeviceMessages {
    private final Inboxes inboxes;

    public DeviceMessages(Inboxes inboxes) {
        this.inboxes = inboxes;
    }

    /// The token came back: what it carried has arrived.
    void acknowledge(Caller caller, @Nullable StreamToken since) {
        if (since != null) {
            inboxes.acknowledge(caller.userNumber(), caller.session(), since.toDevice());
        }
    }

    Delivery deliver(SyncRequest request) {
        StreamToken since = request.since();
        return inboxes.read(
                request.caller().userNumber(),
                request.caller().session(),
                since == null ? 0 : since.toDevice(),
                request.position());
    }

    /// Appends `,"to_device":…`.
    ///
    /// @return whether there was anything
    static boolean render(Delivery delivery, JsonBuffer out) {
        if (delivery.events().isEmpty()) {
            return false;
        }
        String separator = ",\"to_device\":{\"events\":[";
        for (String event : delivery.events()) {
            out.ascii(separator).utf8(event);
            separator = ",";
        }
        out.ascii("]}");
        return true;
    }
}
