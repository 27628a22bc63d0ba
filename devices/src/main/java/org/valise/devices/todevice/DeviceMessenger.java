package org.valise.devices.todevice;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.UserNumbers;
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
import java.util.Collection;
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
    private final UserNumbers users;
    private final MessageStore store;
    private final OrderedCommits commits;
    private final RemoteMessages remote;
    private final InboxTrimmer trimmer;

    DeviceMessenger(
            ServerName server,
            UserNumbers users,
            MessageStore store,
            OrderedCommits commits,
            RemoteMessages remote,
            InboxTrimmer trimmer) {
        this.server = server;
        this.users = users;
        this.store = store;
        this.commits = commits;
        this.remote = remote;
        this.trimmer = trimmer;
    }

    /// A message as it goes to a device.
    record Addressed(Recipient to, String json) {}

    /// Sends, and returns when the messages are there to be read, or will go out.
    ///
    /// @param messages content by device id by user id
    /// @throws MatrixException `M_BAD_JSON` or `M_INVALID_PARAM` for another shape, `M_TOO_LARGE`
    ///   for too much
    void send(Caller sender, TransactionKey transaction, String type, JsonObject messages) {
        Map<UserId, Map<String, JsonObject>> byUser = byUser(type, messages);
        Map<String, Map<String, JsonObject>> local = new LinkedHashMap<>();
        Map<UserId, Map<String, JsonObject>> elsewhere = new LinkedHashMap<>();
        byUser.forEach((user, devices) -> {
            if (user.server().equals(server)) {
                local.put(user.value(), devices);
            } else {
                requireSize(sender.user(), type, devices.values());
                elsewhere.put(user, devices);
            }
        });
        List<Addressed> addressed = address(sender.user(), type, local);
        Outgoing outgoing =
                new Outgoing(
                        sender.user(), type, MessageIds.of(sender.user(), transaction), elsewhere);
        submit(transaction, sender.userNumber(), type, addressed, outgoing);
    }

    /// Takes in what a user of another server sends, once however often it comes.
    ///
    /// @param id of the message, unique for their server
    /// @param messages content by device id by user id
    /// @throws MatrixException as with messages of local users
    void receive(UserId sender, String id, String type, JsonObject messages) {
        Map<String, Map<String, JsonObject>> local = new LinkedHashMap<>();
        byUser(type, messages)
                .forEach((user, devices) -> {
                    if (user.server().equals(server)) {
                        local.put(user.value(), devices);
                    }
                });
        List<Addressed> addressed = address(sender, type, local);
        if (!addressed.isEmpty()) {
            Outgoing nothing = new Outgoing(sender, type, id, Map.of());
            submit(
                    MessageIds.received(sender.server(), id),
                    users.number(sender),
                    type,
                    addressed,
                    nothing);
        }
    }

    private void submit(
            TransactionKey request,
            long sender,
            String type,
            List<Addressed> addressed,
            Outgoing outgoing) {
        if (addressed.isEmpty() && outgoing.messages().isEmpty()) {
            return;
        }
        var unit =
                new MessagesUnit(
                        request, sender, MessageLimits.isAsk(type), addressed, remote, outgoing);
        commits.submit(unit);
        unit.await();
        addressed.forEach(trimmer::added);
    }

    private static Map<UserId, Map<String, JsonObject>> byUser(String type, JsonObject messages) {
        if (type.length() > MOST_TYPE_CHARS) {
            throw bad(ErrorCode.M_INVALID_PARAM, "The event type is too long");
        }
        Map<UserId, Map<String, JsonObject>> byUser = new LinkedHashMap<>();
        messages.forEach((name, devices) ->
                byUser.put(
                        UserId.tryParse(name)
                                .orElseThrow(() -> bad(ErrorCode.M_INVALID_PARAM, "Not a user ID")),
                        contents(devices)));
        return byUser;
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

    private static void requireSize(UserId sender, String type, Collection<JsonObject> contents) {
        contents.forEach(content -> event(sender, type, content));
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
