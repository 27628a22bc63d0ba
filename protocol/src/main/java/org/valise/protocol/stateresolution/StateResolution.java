package org.valise.protocol.stateresolution;

import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Verifier;

import java.util.List;
import java.util.Map;

/// "The room state *S(E)* before *E* is the *resolution* of the set of states
/// {*S′(E*<sub>1</sub>*)*, *S′(E*<sub>2</sub>*)*, …} after the `prev_event`s {*E*<sub>1</sub>,
/// *E*<sub>2</sub>, …} of *E*."
///
/// Load what an answer asks for and ask again until it is `Resolved`.
public final class StateResolution {
    private StateResolution() {}

    /// Resolves whole state sets. From room version 2 this walks the auth chains of all of the
    /// state and therefore wants every event of them: meant for small rooms and for tests.
    ///
    /// @param verifier asked only about third-party invites
    public static Resolution resolve(
            RoomVersion version,
            List<Map<StateKey, EventId>> stateSets,
            EventLookup known,
            Verifier verifier) {
        return new WholeStates(version, stateSets, known, verifier).resolve();
    }

    /// Resolves where state sets differ. Wants only events in conflict, in the auth difference or
    /// in the conflicted subgraph, and what those read.
    ///
    /// @param graph not read in room version 1, whose algorithm knows no auth chains
    /// @param verifier asked only about third-party invites
    public static DifferenceResolution resolve(
            RoomVersion version,
            AuthGraph graph,
            StateDifference difference,
            NumberedEvents events,
            Verifier verifier) {
        if (difference.conflicts().isEmpty()) {
            return new DifferenceResolution.Resolved(Map.of());
        }
        return version.has(Tweak.STATE_RESOLUTION_V2)
                ? new ResolutionV2(version, graph, difference, events, verifier).resolve()
                : new ResolutionV1(difference, events, verifier).resolve();
    }
}
