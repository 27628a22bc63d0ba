package org.valise.sync.classic;

import org.valise.accounts.users.UserNumbers;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.Rooms;
import org.valise.rooms.receipts.Receipt;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.view.RoomView;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `ephemeral` of a joined room: receipts and who is typing.
final class RoomEphemeral {
    private final Rooms rooms;
    private final UserNumbers users;

    RoomEphemeral(Rooms rooms, UserNumbers users) {
        this.rooms = rooms;
        this.users = users;
    }

    /// Appends `,"ephemeral":…` if there is anything new.
    ///
    /// @param whole whether the room is new to the reader
    boolean render(RoomView view, SyncRequest request, boolean whole, JsonBuffer out) {
        long room = view.room().number();
        JsonBuffer events = new JsonBuffer(256);
        if (admits(view, request, "m.receipt")) {
            renderReceipts(
                    rooms.receipts()
                            .changedIn(
                                    room,
                                    whole ? 0 : request.sincePosition(),
                                    request.position(),
                                    request.reader().number()),
                    request,
                    events);
        }
        if (admits(view, request, "m.typing") && isTypingNews(room, request, whole)) {
            renderTyping(rooms.typing().inRoom(room), request, events);
        }
        if (events.length() == 0) {
            return false;
        }
        out.ascii(",\"ephemeral\":{\"events\":[").raw(events.toBytes()).ascii("]}");
        return true;
    }

    private static boolean admits(RoomView view, SyncRequest request, String type) {
        return request.filter().room().ephemeral().events().admitsType(type)
                && request.filter().room().ephemeral().admitsRoom(view.room().id().value());
    }

    private boolean isTypingNews(long room, SyncRequest request, boolean whole) {
        return whole || request.since() == null
                ? !rooms.typing().inRoom(room).isEmpty()
                : rooms.typing()
                        .changedIn(room, request.since().ephemeral(), request.upTo().ephemeral());
    }

    /// Typing and receipts are events of their user: the filter and the list of the ignored ask for
    /// whom.
    private static boolean isFrom(UserId user, SyncRequest request) {
        return request.filter().room().ephemeral().events().admitsSender(user.value())
                && !request.ignored().contains(user.value());
    }

    private static void renderTyping(List<UserId> everybody, SyncRequest request, JsonBuffer out) {
        List<UserId> typing = everybody.stream().filter(user -> isFrom(user, request)).toList();
        out.ascii(out.length() == 0 ? "" : ",");
        out.ascii("{\"content\":{\"user_ids\":[");
        for (int i = 0; i < typing.size(); i++) {
            out.ascii(i == 0 ? "" : ",").string(typing.get(i).value());
        }
        out.ascii("]},\"type\":\"m.typing\"}");
    }

    private void renderReceipts(List<Receipt> receipts, SyncRequest request, JsonBuffer out) {
        if (receipts.isEmpty()) {
            return;
        }
        Map<Long, UserId> names = users.users(receipts.stream().map(Receipt::user).toList());
        Map<String, Map<String, JsonObject>> content = new LinkedHashMap<>();
        for (Receipt receipt : receipts) {
            UserId user = names.get(receipt.user());
            if (user == null || !isFrom(user, request)) {
                continue;
            }
            JsonObject mark = JsonObject.of("ts", receipt.ts());
            if (receipt.thread() != null) {
                mark = mark.with("thread_id", receipt.thread());
            }
            Map<String, JsonObject> types =
                    content.computeIfAbsent(receipt.event().value(), any -> new LinkedHashMap<>());
            JsonObject given = types.getOrDefault(receipt.type().word(), JsonObject.of());
            types.put(receipt.type().word(), given.with(user.value(), mark));
        }
        if (content.isEmpty()) {
            return;
        }
        JsonObject.Builder events = JsonObject.builder();
        content.forEach((event, types) -> {
            JsonObject.Builder byType = JsonObject.builder();
            types.forEach(byType::put);
            events.put(event, byType.build());
        });
        out.ascii("{\"content\":").value(events.build()).ascii(",\"type\":\"m.receipt\"}");
    }
}
