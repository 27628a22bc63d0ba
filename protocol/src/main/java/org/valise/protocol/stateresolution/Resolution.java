package org.valise.protocol.stateresolution;

import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;

import java.util.Map;
import java.util.Set;

/// The answer of [StateResolution]: the state, or what must be loaded before asking again.
public sealed interface Resolution {
    /// The resolved state, all of it.
    record Resolved(Map<StateKey, EventId> state) implements Resolution {
        public Resolved {
            state = Map.copyOf(state);
        }
    }

    /// Every event that is known to be missing; with these loaded, more may turn out to be.
    record NeedsEvents(Set<EventId> ids) implements Resolution {
        public NeedsEvents {
            ids = Set.copyOf(ids);
        }
    }
}
