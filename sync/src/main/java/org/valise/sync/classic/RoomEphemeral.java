package org.valise.sync.classic;

import org.valise.accounts.users.UserNumbers;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.Rooms;
import org.valise.rooms.receipts.Receipt;
import org.valise.rooms.receipts.ReceiptType;
import org.valise.rooms.rendering.JsonBuffer;
import org.valise.rooms.view.RoomView;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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

    /// Appends `,"ephemeral":…` if there is anything new, or the room is new to the reader.
    ///
    /// @param whole whether the room is new to the reader
    /// @return whether there is anything
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
        if (whole || events.length() > 0) {
            out.ascii(",\"ephemeral\":{\"events\":[").raw(events.toBytes()).ascii("]}");
        }
        return events.length() > 0;
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
        List<ReceiptEvent> written = new ArrayList<>();
        Map<ReceiptPlace, Integer> taken = new HashMap<>();
        for (Receipt receipt : unthreadedFirst(receipts)) {
            UserId user = names.get(receipt.user());
            if (user == null || !isFrom(user, request)) {
                continue;
            }
            int event =
                    taken.merge(
                                    new ReceiptPlace(
                                            receipt.event(), receipt.type(), receipt.user()),
                                    1,
                                    Integer::sum)
                            - 1;
            if (event == written.size()) {
                written.add(new ReceiptEvent());
            }
            written.get(event).add(receipt, user);
        }
        for (ReceiptEvent event : written) {
            out.ascii(out.length() == 0 ? "" : ",");
            out.ascii("{\"content\":").value(event.content()).ascii(",\"type\":\"m.receipt\"}");
        }
    }

    /// Whoever knows no threads takes the first of a user's receipts of one event.
    private static List<Receipt> unthreadedFirst(List<Receipt> receipts) {
        return receipts.stream()
                .sorted(Comparator.comparing(receipt -> receipt.thread() != null))
                .toList();
    }

    /// Where an `m.receipt` has room for one receipt only: what somebody has read in one thread and
    /// in another, or in none, may be the same event.
    private record ReceiptPlace(EventId event, ReceiptType type, long user) {}

    /// An `m.receipt` that is being written.
    private static final class ReceiptEvent {
        private final Map<String, Map<String, JsonObject.Builder>> events = new LinkedHashMap<>();

        void add(Receipt receipt, UserId user) {
            JsonObject mark =
                    JsonObject.builder()
                            .put("ts", receipt.ts())
                            .putIfPresent("thread_id", receipt.thread())
                            .build();
            events.computeIfAbsent(receipt.event().value(), any -> new LinkedHashMap<>())
                    .computeIfAbsent(receipt.type().word(), any -> JsonObject.builder())
                    .put(user.value(), mark);
        }

        JsonObject content() {
            JsonObject.Builder content = JsonObject.builder();
            events.forEach((event, types) -> {
                JsonObject.Builder byType = JsonObject.builder();
                types.forEach((type, users) -> byType.put(type, users.build()));
                content.put(event, byType.build());
            });
            return content.build();
        }
    }
}
