package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;

/// The events that are loaded, by id.
@FunctionalInterface
public interface EventLookup {
    /// The event, or null if it is not loaded (yet).
    @Nullable Event get(EventId id);

    /// Whether the event was rejected when it was received. Such an event is still a candidate for
    /// the state, but never authorizes another as one of its `auth_events`.
    default boolean rejected(EventId id) {
        return false;
    }
}
