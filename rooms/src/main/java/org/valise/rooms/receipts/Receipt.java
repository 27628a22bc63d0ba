package org.valise.rooms.receipts;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;

/// Somebody has read a room up to an event.
///
/// @param user the user's number
/// @param thread `main` or the root of a thread; null for the whole room
/// @param eventPosition where the event stands in the stream; 0 if it never became visible by it
/// @param ts when, in milliseconds since 1970
public record Receipt(
        long room,
        long user,
        ReceiptType type,
        @Nullable String thread,
        EventId event,
        long eventPosition,
        long ts) {
    /// The same, when it is known where the event stands.
    Receipt of(long position) {
        return new Receipt(room, user, type, thread, event, position, ts);
    }

    boolean isShownTo(long reader) {
        return type == ReceiptType.READ || user == reader;
    }
}
