package org.valise.push.counts;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;

import java.util.Map;

/// How far a user has read a room. Positions are those of events in the stream; 0 is before
/// everything.
///
/// Of `m.read` and `m.read.private` "the receipt which is more recent/ahead must be used": who
/// makes this has chosen.
///
/// @param since where the user's present membership began; nothing before it counts
/// @param unthreaded the unthreaded receipt, for the whole room
/// @param main the receipt of the main timeline
/// @param threads the receipts of threads, by thread root
public record ReadPositions(long since, long unthreaded, long main, Map<EventId, Long> threads) {

    public static ReadPositions since(long membership) {
        return new ReadPositions(membership, 0, 0, Map.of());
    }

    /// @param thread the root of the thread; null for the main timeline
    public long upTo(@Nullable EventId thread) {
        long own = thread == null ? main : threads.getOrDefault(thread, 0L);
        return Math.max(everywhere(), own);
    }

    /// What is certainly read, whatever thread it is in.
    public long everywhere() {
        return Math.max(since, unthreaded);
    }
}
