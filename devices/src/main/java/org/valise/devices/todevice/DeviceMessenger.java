package org.valise.devices.todevice;

import org.jspecify.annotations.Nullable;
import org.valise.devices.todevice.MessageStore.Recipient;
import org.valise.devices.todevice.RemoteMessages.Outgoing;
import org.valise.platform.http.Caller;
import org.valise.platform.http.TransactionKey;
import org.valise.platform.stream.OrderedCommits;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Sends messages to devices: all messages of a request at one position of the stream.
///
/// Users and devices that nobody knows are passed over in silence. SECURITY: the answer does not
/// tell who has which devices.
public final class DeviceMessenger {
    /// *The device ID may also be `*`, meaning all known devices for the user.*
    private static final String ALL_DEVICES = "*";

    private static final int MOST_TYPE_CHARS = 255;

    /// SECURITY: `*` makes one message many.
    private static final int MOST_MESSAGES = 2_000;

    private static final int MOST_CHARS = 16 << 20;

    /// As large as an event may be.
    private static final int MOST_CHARS_A_MESSAGE = 65_536;

    private final ServerName server;
    private final MessageStore store;
    private final OrderedCommits commits;
    private final RemoteMessages remote;
    private final InboxTrimmer trimmer;

    DeviceMessenger(
            ServerName server,
            MessageStore store,
            OrderedCommits commits,
            RemoteMessages remote,
            InboxTrimmer trimmer) {
        this.server = server;
        this.store = store;
        this.commits = commits;
        this.remote = remote;
        this.trimmer = trimmer;
    }

    /// A message as it goes to a device.
    record Addressed(Recipient to, String json) {}

    /// Sends, and returns when the messages are there to be read.
    ///
    /// @param messages content by device id by user id
    /// @throws MatrixException `M_BAD_JSON` or `M_INVALID_PARAM` for another shape, `M_TOO_LARGE`
    ///   for too much
    void send(Caller sender, TransactionKey transaction, String type, JsonObject messages) {
        if (type.length() > MOST_TYPE_CHARS) {
            throw new MatrixException(ErrorCode.M_INVALID_PARAM, "The event type is too long");
        }
        Map<String, Map<String, JsonObject>> local = new LinkedHashMap<>();
        Map<UserId, Map<String, JsonObject>> elsewhere = new LinkedHashMap<>();
        messages.forEach((name, devices) -> {
            UserId user =
                    UserId.tryParse(name)
                            .orElseThrow(() -> bad(ErrorCode.M_INVALID_PARAM, "Not a user ID"));
            if (user.server().equals(server)) {
                local.put(name, contents(devices));
            } else {
                elsewhere.put(user, contents(devices));
            }
        });
        List<Addressed> addressed = address(sender.user(), type, local);
        if (addressed.isEmpty() && elsewhere.isEmpty()) {
            return;
        }
        var unit =
                new MessagesUnit(
                        transaction,
                        sender.userNumber(),
                        MessageLimits.isAsk(type),
                        addressed,
                        remote,
                        new Outgoing(sender.user(), type, elsewhere));
        commits.submit(unit);
        unit.await();
        addressed.forEach(trimmer::added);
    }

    private static Map<String, JsonObject> contents(JsonValue devices) {
        if (!(devices instanceof JsonObject byDevice)) {
            throw bad(ErrorCode.M_BAD_JSON, "\"messages\" must hold objects of devices");
        }
        Map<String, JsonObject> contents = new HashMap<>();
        byDevice.forEach((device, content) -> {
            if (!(content instanceof JsonObject object)) {
                throw bad(ErrorCode.M_BAD_JSON, "A message must be an object");
            }
            contents.put(device, object);
        });
        return contents;
    }

    private List<Addressed> address(
            UserId sender, String type, Map<String, Map<String, JsonObject>> wanted) {
        if (wanted.isEmpty()) {
            return List.of();
        }
        List<Addressed> addressed = new ArrayList<>();
        Map<JsonObject, String> rendered = new HashMap<>();
        int chars = 0;
        for (Recipient device : store.devices(wanted.keySet())) {
            @Nullable JsonObject content = contentFor(device, wanted);
            if (content == null) {
                continue;
            }
            String json = rendered.computeIfAbsent(content, any -> event(sender, type, content));
            chars += json.length();
            addressed.add(new Addressed(device, json));
            if (addressed.size() > MOST_MESSAGES || chars > MOST_CHARS) {
                throw bad(ErrorCode.M_TOO_LARGE, "Too many messages at once");
            }
        }
        return addressed;
    }

    /// What is addressed to the device itself goes before what is addressed to all.
    private static @Nullable JsonObject contentFor(
            Recipient device, Map<String, Map<String, JsonObject>> wanted) {
        Map<String, JsonObject> contents = wanted.getOrDefault(device.user(), Map.of());
        JsonObject own = contents.get(device.device());
        return own != null ? own : contents.get(ALL_DEVICES);
    }

    private static String event(UserId sender, String type, JsonObject content) {
        String json =
                JsonObject.of("content", content, "sender", sender.value(), "type", type)
                        .toString();
        if (json.length() > MOST_CHARS_A_MESSAGE) {
            throw bad(ErrorCode.M_TOO_LARGE, "A message is too large");
        }
        return json;
    }

    private static MatrixException bad(ErrorCode code, String detail) {
        return new MatrixException(code, detail);
    }
}
