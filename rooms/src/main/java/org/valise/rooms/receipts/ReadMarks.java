package org.valise.rooms.receipts;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;

import java.util.HashMap;
import java.util.Map;

/// How far one user has read one room: the positions of their receipts' events.
///
/// @param read by type and thread; the thread is empty for the whole room
public record ReadMarks(Map<Place, Long> read) {
    static final ReadMarks NONE = new ReadMarks(Map.of());
    private static final String EVERYWHERE = "";
    private static final String MAIN = "main";

    /// What there is one receipt for.
    public record Place(ReceiptType type, String thread) {
        static Place of(Receipt receipt) {
            String thread = receipt.thread();
            return new Place(receipt.type(), thread == null ? EVERYWHERE : thread);
        }
    }

    ReadMarks with(Receipt receipt) {
        if (!isBehind(receipt)) {
            return this;
        }
        Map<Place, Long> more = new HashMap<>(read);
        more.put(Place.of(receipt), receipt.eventPosition());
        return new ReadMarks(Map.copyOf(more));
    }

    /// Of each place the one further ahead.
    ReadMarks with(ReadMarks other) {
        Map<Place, Long> more = new HashMap<>(read);
        other.read.forEach((place, position) -> more.merge(place, position, Math::max));
        return new ReadMarks(Map.copyOf(more));
    }

    /// Whether the receipt would go on from here.
    boolean isBehind(Receipt receipt) {
        @Nullable Long known = read.get(Place.of(receipt));
        return known == null || known < receipt.eventPosition();
    }

    /// The unthreaded receipt, for the whole room; 0 for none. Of `m.read` and `m.read.private` the
    /// one which is further ahead.
    public long everywhere() {
        return furthest(EVERYWHERE);
    }

    /// The receipt of the main timeline; 0 for none.
    public long main() {
        return furthest(MAIN);
    }

    /// The receipts of threads, by the thread's root.
    public Map<EventId, Long> threads() {
        Map<EventId, Long> threads = new HashMap<>();
        read.forEach((place, position) -> {
            if (!place.thread.equals(EVERYWHERE) && !place.thread.equals(MAIN)) {
                threads.merge(EventId.parse(place.thread), position, Math::max);
            }
        });
        return threads;
    }

    private long furthest(String thread) {
        long furthest = 0;
        for (ReceiptType type : ReceiptType.values()) {
            furthest = Math.max(furthest, read.getOrDefault(new Place(type, thread), 0L));
        }
        return furthest;
    }
}
