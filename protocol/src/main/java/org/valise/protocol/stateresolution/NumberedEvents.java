package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;

/// The events that are loaded, by their number in the [AuthGraph].
public interface NumberedEvents {
    /// The event, or null if it is not loaded (yet).
    @Nullable Event event(int number);

    /// Whether the event was rejected when it was received. Such an event is still a candidate for
    /// the state, but never authorizes another as one of its `auth_events`.
    boolean rejected(int number);
}
