package org.valise.devices.todevice;

import org.valise.federation.outbox.OutgoingEdus;
import org.valise.platform.stream.CommitBatch;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Sends messages to devices of other servers' users: a request becomes one or more EDUs for each
/// server, which go out in the order of the commits.
///
/// The ids of the EDUs follow from the request, so that a request that is made again is nothing new
/// to whoever has had it.
public final class FederatedMessages implements RemoteMessages {
    private static final String TYPE = "m.direct_to_device";

    /// An EDU is closed when it is this large; a single message may be as large as that.
    private static final int CHARS_OF_AN_EDU = 60_000;

    private final OutgoingEdus outgoing;

    public FederatedMessages(OutgoingEdus outgoing) {
        this.outgoing = outgoing;
    }

    @Override
    public void addTo(CommitBatch batch, int ordinal, Outgoing messages) {
        Map<ServerName, Parts> byServer = new LinkedHashMap<>();
        messages.messages()
                .forEach((user, devices) -> {
                    Parts parts = byServer.computeIfAbsent(user.server(), any -> new Parts());
                    devices.forEach((device, content) -> parts.add(user.value(), device, content));
                });
        byServer.forEach((server, parts) -> {
            int number = 0;
            for (JsonObject part : parts.all()) {
                JsonObject content =
                        JsonObject.of(
                                "sender",
                                messages.sender().value(),
                                "type",
                                messages.type(),
                                "message_id",
                                number == 0 ? messages.id() : messages.id() + "." + number,
                                "messages",
                                part);
                outgoing.addTo(batch, ordinal, server, TYPE, content);
                number++;
            }
        });
    }

    /// The messages for one server, in parts of bounded size.
    private static final class Parts {
        private final List<JsonObject> closed = new ArrayList<>();
        private Map<String, JsonObject.Builder> open = new LinkedHashMap<>();
        private int chars;

        void add(String user, String device, JsonObject content) {
            int length = content.toString().length();
            if (chars > 0 && chars + length > CHARS_OF_AN_EDU) {
                close();
            }
            open.computeIfAbsent(user, any -> JsonObject.builder()).put(device, content);
            chars += length;
        }

        private void close() {
            var part = JsonObject.builder();
            open.forEach((user, devices) -> part.put(user, devices.build()));
            closed.add(part.build());
            open = new LinkedHashMap<>();
            chars = 0;
        }

        List<JsonObject> all() {
            if (!open.isEmpty()) {
                close();
            }
            return closed;
        }
    }
}
