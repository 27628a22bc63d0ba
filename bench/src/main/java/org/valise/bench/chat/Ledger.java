package org.valise.bench.chat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Who must see which message, and who has seen it how often.
///
/// A message that was acknowledged must reach every member of its room exactly once, its sender
/// too. One whose send failed may or may not exist: it is missed nowhere, and is not wrong where it
/// appears.
public final class Ledger {
    private static final String MARK = "valise-bench ";

    private final String prefix;
    private final List<Map<Integer, Integer>> positions = new ArrayList<>();
    private final Map<String, Integer> roomsById = new HashMap<>();

    private final List<Message> messages = new ArrayList<>();
    private final Samples latencies = new Samples();
    private int acknowledged;
    private long expected;
    private long owed;
    private long deliveries;
    private long duplicated;
    private long misrouted;
    private long lastDelivery;

    /// @param run tells the messages of this run from those of others on the same server
    public Ledger(String run, List<Population.Room> rooms) {
        this.prefix = MARK + run + " ";
        for (Population.Room room : rooms) {
            Map<Integer, Integer> ofRoom = new HashMap<>();
            room.members().forEach(member -> ofRoom.put(member, ofRoom.size()));
            roomsById.put(room.id(), positions.size());
            positions.add(ofRoom);
        }
    }

    private static final class Message {
        final int room;
        final long start;
        final boolean[] seen;
        int seenBy;
        boolean acknowledged;

        Message(int room, long start, int members) {
            this.room = room;
            this.start = start;
            this.seen = new boolean[members];
        }
    }

    /// A message that is about to be sent.
    public record Entry(int number, String body) {}

    /// @param start [System#nanoTime()] when it is sent or, in the open loop, when it was due
    public synchronized Entry enter(int room, long start) {
        int number = messages.size();
        messages.add(new Message(room, start, positions.get(room).size()));
        return new Entry(number, prefix + number);
    }

    /// The server has acknowledged it: from now on it is owed to every member.
    public synchronized void acknowledge(int number) {
        Message message = messages.get(number);
        message.acknowledged = true;
        acknowledged++;
        expected += message.seen.length;
        owed += message.seen.length - message.seenBy;
    }

    /// An account's sync showed this body in this room; bodies of others are passed over.
    public synchronized void saw(int account, String roomId, String body, long now) {
        int number = numberOf(body);
        if (number < 0) {
            return;
        }
        Integer room = roomsById.get(roomId);
        if (room == null || number >= messages.size() || messages.get(number).room != room) {
            misrouted++;
            return;
        }
        Message message = messages.get(number);
        Integer position = positions.get(room).get(account);
        if (position == null) {
            misrouted++;
        } else if (message.seen[position]) {
            duplicated++;
        } else {
            message.seen[position] = true;
            message.seenBy++;
            owed -= message.acknowledged ? 1 : 0;
            deliveries++;
            lastDelivery = now;
            latencies.add(now - message.start);
        }
    }

    private int numberOf(String body) {
        if (!body.startsWith(prefix)) {
            return -1;
        }
        try {
            return Integer.parseUnsignedInt(body, prefix.length(), body.length(), 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// How many deliveries are still to come.
    public synchronized long owed() {
        return owed;
    }

    /// How it stands.
    ///
    /// @param missing deliveries that acknowledged messages should have had and have not
    /// @param misrouted messages seen in another room, or by somebody who is no member
    public record Tally(
            int sent,
            int acknowledged,
            long expected,
            long deliveries,
            long missing,
            long duplicated,
            long misrouted,
            long lastDelivery) {
        public boolean isCorrect() {
            return missing == 0 && duplicated == 0 && misrouted == 0;
        }
    }

    public synchronized Tally tally() {
        return new Tally(
                messages.size(),
                acknowledged,
                expected,
                deliveries,
                owed,
                duplicated,
                misrouted,
                lastDelivery);
    }

    /// From the start of a message to the arrival of the sync answer that shows it, for each
    /// delivery.
    public synchronized Quantiles latencies() {
        return latencies.quantiles();
    }
}
