package org.valise.rooms.admission;

import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;

import java.util.Collection;
import java.util.Set;

/// Whether events are signed as they must be. It may ask other servers for their keys, so it is
/// never asked while a room is being written.
@FunctionalInterface
public interface EventSignatureCheck {
    /// The events that are not signed by all servers that
    /// [org.valise.protocol.event.EventSignatures#required] names.
    Set<EventId> unsigned(Collection<Event> events);
}
