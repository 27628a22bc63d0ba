package org.valise.rooms.aggregations;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;

/// What is bundled with one event: `m.relations` in its `unsigned`.
///
/// @param edit the most recent valid replacement
/// @param references ids of the events that refer to it, oldest first
public record Bundle(
        @Nullable StoredEvent edit, @Nullable ThreadSummary thread, List<EventId> references) {
    static final Bundle NONE = new Bundle(null, null, List.of());

    /// The thread that an event is the root of.
    ///
    /// @param participated whether the reader is in it
    public record ThreadSummary(StoredEvent latest, long count, boolean participated) {}

    Bundle with(ThreadSummary summary) {
        return new Bundle(edit, summary, references);
    }
}
