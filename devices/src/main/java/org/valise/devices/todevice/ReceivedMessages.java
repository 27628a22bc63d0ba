package org.valise.devices.todevice;

import org.valise.federation.inbound.EduReceiver;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;

/// Takes in messages from users of other servers to devices of this one. Spec: server-server API,
/// "Send-to-device messaging".
final class ReceivedMessages implements EduReceiver {
    private static final int MOST_CHARS_OF_AN_ID = 255;

    private final DeviceMessenger messenger;

    ReceivedMessages(DeviceMessenger messenger) {
        this.messenger = messenger;
    }

    @Override
    public String type() {
        return "m.direct_to_device";
    }

    @Override
    public void receive(ServerName origin, JsonObject content) {
        UserId sender =
                content.string("sender")
                        .flatMap(UserId::tryParse)
                        // SECURITY: a server speaks for nobody but its own users.
                        .filter(user -> user.server().equals(origin))
                        .orElseThrow(() -> malformed("sender"));
        String type = content.string("type").orElseThrow(() -> malformed("type"));
        // *Unique ID for the message, used for idempotence.*
        String id =
                content.string("message_id")
                        .filter(given -> given.length() <= MOST_CHARS_OF_AN_ID)
                        .orElseThrow(() -> malformed("message_id"));
        JsonObject messages = content.object("messages").orElseThrow(() -> malformed("messages"));
        messenger.receive(sender, id, type, messages);
    }

    private static MatrixException malformed(String field) {
        return new MatrixException(ErrorCode.M_BAD_JSON, "No such " + field);
    }
}
