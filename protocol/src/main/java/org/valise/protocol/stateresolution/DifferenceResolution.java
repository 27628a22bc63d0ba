package org.valise.protocol.stateresolution;

import org.valise.protocol.event.StateKey;

import java.util.Map;
import java.util.Set;

/// The answer of [StateResolution] in numbers of the [AuthGraph], for callers that gave only what
/// differs.
public sealed interface DifferenceResolution {
    /// The resolved state less the unconflicted state. A key in conflict that is absent here is
    /// absent from the state; a key that no state set had can be here, brought back from the auth
    /// chains.
    record Resolved(Map<StateKey, Integer> entries) implements DifferenceResolution {
        public Resolved {
            entries = Map.copyOf(entries);
        }
    }

    /// Every event that is known to be missing; with these loaded, more may turn out to be.
    record NeedsEvents(Set<Integer> numbers) implements DifferenceResolution {
        public NeedsEvents {
            numbers = Set.copyOf(numbers);
        }
    }
}
