package org.valise.rooms.receipts;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.UserNumbers;
import org.valise.federation.inbound.EduReceiver;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.admission.RemoteMembers;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Hears from other servers who has read what. Spec: server-server API, "Receipts".
public final class ReceiveReceipts implements EduReceiver {
    /// SECURITY: in one EDU. What is beyond is left out.
    private static final int MOST = 500;

    private static final int LONGEST_THREAD = 255;

    private final RemoteMembers members;
    private final UserNumbers users;
    private final Events events;
    private final Receipts receipts;
    private final EarlyReceipts early;

    public ReceiveReceipts(
            RemoteMembers members,
            UserNumbers users,
            Events events,
            Receipts receipts,
            EarlyReceipts early) {
        this.members = members;
        this.users = users;
        this.events = events;
        this.receipts = receipts;
        this.early = early;
    }

    @Override
    public String type() {
        return "m.receipt";
    }

    /// What a user of another server has read.
    private record Read(UserId user, EventId event, @Nullable String thread, long ts) {}

    @Override
    public void receive(ServerName origin, JsonObject content) {
        int left = MOST;
        for (String key : content.keys()) {
            Optional<RoomRef> room = RoomId.tryParse(key).flatMap(id -> members.room(origin, id));
            if (room.isPresent() && left > 0) {
                List<Read> reads =
                        content.object(key)
                                .flatMap(types -> types.object(ReceiptType.READ.word()))
                                .map(ReceiveReceipts::reads)
                                .orElse(List.of());
                List<Read> some = reads.subList(0, Math.min(left, reads.size()));
                left -= some.size();
                receive(origin, room.get(), some);
            }
        }
    }

    private static List<Read> reads(JsonObject byUser) {
        List<Read> reads = new ArrayList<>();
        byUser.forEach((name, value) -> {
            if (value instanceof JsonObject receipt) {
                UserId.tryParse(name).flatMap(user -> read(user, receipt)).ifPresent(reads::add);
            }
        });
        return reads;
    }

    private static Optional<Read> read(UserId user, JsonObject receipt) {
        JsonObject data = receipt.object("data").orElse(JsonObject.of());
        String thread = data.string("thread_id").orElse(null);
        if (thread != null && (thread.length() > LONGEST_THREAD || thread.indexOf('\0') >= 0)) {
            return Optional.empty();
        }
        return receipt.array("event_ids").map(JsonArray::strings).orElse(List.of()).stream()
                .findFirst()
                .flatMap(EventId::tryParse)
                .map(event -> new Read(user, event, thread, data.integer("ts").orElse(0L)));
    }

    private void receive(ServerName origin, RoomRef room, List<Read> reads) {
        Set<UserId> joined = members.joined(room, origin, reads.stream().map(Read::user).toList());
        List<Read> counting = reads.stream().filter(read -> joined.contains(read.user())).toList();
        if (counting.isEmpty()) {
            return;
        }
        Map<UserId, Long> numbers = users.numbers(joined);
        Map<EventId, StoredEvent> read =
                events.byIds(counting.stream().map(Read::event).collect(Collectors.toSet()));
        Map<EventId, List<Receipt>> waiting = new HashMap<>();
        List<Receipt> known = new ArrayList<>();
        for (Read each : counting) {
            StoredEvent event = read.get(each.event());
            Receipt receipt =
                    new Receipt(
                            room.number(),
                            numbers.getOrDefault(each.user(), 0L),
                            ReceiptType.READ,
                            each.thread(),
                            each.event(),
                            event == null ? 0 : event.position(),
                            each.ts());
            if (event == null) {
                waiting.computeIfAbsent(each.event(), any -> new ArrayList<>()).add(receipt);
            } else if (event.room() == room.number() && event.position() > 0) {
                known.add(receipt);
            }
        }
        if (!known.isEmpty()) {
            receipts.put(known);
        }
        waiting.forEach(early::keep);
    }
}
