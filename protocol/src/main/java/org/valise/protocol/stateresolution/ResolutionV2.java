package org.valise.protocol.stateresolution;

import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Verifier;

import java.util.BitSet;
import java.util.Optional;

/// State resolution version 2 (room versions 2 to 11) and 2.1 (from room version 12), which differ
/// in where the iterative auth checks start and in what the full conflicted set includes.
final class ResolutionV2 {
    private final RoomVersion version;
    private final AuthGraph graph;
    private final StateDifference difference;
    private final LoadedEvents loaded;
    private final Verifier verifier;

    ResolutionV2(
            RoomVersion version,
            AuthGraph graph,
            StateDifference difference,
            NumberedEvents events,
            Verifier verifier) {
        this.version = version;
        this.graph = graph;
        this.difference = difference;
        this.loaded = new LoadedEvents(events);
        this.verifier = verifier;
    }

    DifferenceResolution resolve() {
        BitSet fullConflictedSet = fullConflictedSet();
        askFor(fullConflictedSet);
        if (!loaded.complete()) {
            return loaded.needs();
        }
        // 1. "Select the set X of all power events that appear in the full conflicted set. For each
        // such power event P, enlarge X by adding the events in the auth chain of P which also
        // belong to the full conflicted set."
        BitSet powerSet = powerEvents(fullConflictedSet);
        powerSet = graph.withChains(powerSet, 0);
        powerSet.and(fullConflictedSet);
        // "Sort X into a list using the reverse topological power ordering."
        int[] powerList =
                PowerOrdering.sort(
                        powerSet, graph, loaded, new SenderPower(version, graph, loaded));
        // 2. "Apply the iterative auth checks algorithm, starting from the unconflicted state map",
        // from v12 "from an empty state map".
        IterativeAuthChecks checks =
                new IterativeAuthChecks(version, graph, loaded, initialState(), verifier);
        checks.apply(powerList);
        // 3. "Take all remaining events that weren't picked in step 1 and order them by the
        // mainline
        // ordering based on the power level in the partially resolved state".
        BitSet remaining = fullConflictedSet;
        remaining.andNot(powerSet);
        int[] mainlineList =
                MainlineOrdering.sort(
                        remaining, checks.event(StateKey.POWER_LEVELS), graph, loaded);
        // 4. "Apply the iterative auth checks algorithm on the partial resolved state and the list
        // of events from the previous step."
        checks.apply(mainlineList);
        // 5. "Update the result by replacing any event with the event with the same key from the
        // unconflicted state map".
        return loaded.complete()
                ? new DifferenceResolution.Resolved(
                        checks.entriesOutside(difference.unconflicted()))
                : loaded.needs();
    }

    /// "The union of the conflicted state set and the auth difference"; from v12 "the union of the
    /// conflicted state set, the conflicted state subgraph, and the auth difference".
    private BitSet fullConflictedSet() {
        BitSet conflicted = difference.conflictedEvents();
        BitSet full =
                graph.authDifference(difference.conflictedEventsBySet(), difference.unconflicted());
        full.or(version.has(Tweak.STATE_RESOLUTION_V2_1) ? graph.between(conflicted) : conflicted);
        return full;
    }

    private UnconflictedState initialState() {
        return version.has(Tweak.STATE_RESOLUTION_V2_1)
                ? UnconflictedState.EMPTY
                : difference.unconflicted();
    }

    /// Everything that can be known to be needed: the events to check, those that they cite, and
    /// what the initial state has of the keys that the checks read.
    private void askFor(BitSet fullConflictedSet) {
        UnconflictedState initial = initialState();
        loaded.want(graph.create());
        loaded.want(initial.event(StateKey.POWER_LEVELS));
        loaded.want(initial.event(StateKey.JOIN_RULES));
        fullConflictedSet.stream()
                .forEach(number -> {
                    loaded.want(number);
                    for (int cited : graph.authEvents(number)) {
                        loaded.want(cited);
                    }
                });
        if (initial == UnconflictedState.EMPTY) {
            return;
        }
        fullConflictedSet.stream()
                .mapToObj(loaded::event)
                .flatMap(event -> Optional.ofNullable(event).stream())
                .flatMap(event -> AuthRules.needs(event).stream())
                .forEach(key -> loaded.want(initial.event(key)));
    }

    private BitSet powerEvents(BitSet fullConflictedSet) {
        BitSet powerEvents = new BitSet();
        fullConflictedSet.stream()
                .filter(number -> isPowerEvent(loaded.loaded(number)))
                .forEach(powerEvents::set);
        return powerEvents;
    }

    /// "A state event with type `m.room.power_levels` or `m.room.join_rules`, or a state event with
    /// type `m.room.member` where the `membership` is `leave` or `ban` and the `sender` does not
    /// match the `state_key`."
    ///
    /// The former two have, by their definition in the specification, an empty state key; others of
    /// that type have no power.
    private static boolean isPowerEvent(Event event) {
        return switch (event.type()) {
            case EventTypes.POWER_LEVELS, EventTypes.JOIN_RULES -> "".equals(event.stateKey());
            case EventTypes.MEMBER ->
                    !event.sender().value().equals(event.stateKey())
                            && event.content()
                                    .string("membership")
                                    .filter(m -> m.equals("leave") || m.equals("ban"))
                                    .isPresent();
            default -> false;
        };
    }
}
