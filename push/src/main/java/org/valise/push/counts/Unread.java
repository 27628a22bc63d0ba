package org.valise.push.counts;

import org.valise.protocol.id.EventId;

import java.util.Map;

/// A user's unread notifications in a room.
///
/// @param total all of them: `unread_notifications` without `unread_thread_notifications` in the
///   filter
/// @param main those of the main timeline: `unread_notifications` with it
/// @param threads those of threads that have any, by thread root: `unread_thread_notifications`
public record Unread(Count total, Count main, Map<EventId, Count> threads) {
    public static final Unread NONE = new Unread(Count.NONE, Count.NONE, Map.of());

    /// @param notifications how many events notify, those that highlight included
    public record Count(int notifications, int highlights) {
        public static final Count NONE = new Count(0, 0);

        Count plus(boolean highlight) {
            return new Count(notifications + 1, highlight ? highlights + 1 : highlights);
        }
    }
}
