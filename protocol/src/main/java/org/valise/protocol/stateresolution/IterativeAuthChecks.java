package org.valise.protocol.stateresolution;

import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.roomversion.Tweak;
import org.valise.protocol.signature.Verifier;

import java.util.HashMap;
import java.util.Map;

/// The *iterative auth checks algorithm*: "constructs a new room state by iterating through the
/// event list and applying the state event to the room state if the state event is allowed by the
/// authorisation rules".
final class IterativeAuthChecks {
    private final RoomVersion version;
    private final AuthGraph graph;
    private final LoadedEvents loaded;
    private final UnconflictedState initial;
    private final Verifier verifier;
    private final Map<StateKey, Integer> applied = new HashMap<>();

    IterativeAuthChecks(
            RoomVersion version,
            AuthGraph graph,
            LoadedEvents loaded,
            UnconflictedState initial,
            Verifier verifier) {
        this.version = version;
        this.graph = graph;
        this.loaded = loaded;
        this.initial = initial;
        this.verifier = verifier;
    }

    void apply(int[] events) {
        for (int number : events) {
            Event event = loaded.loaded(number);
            // "If the state event is not allowed by the authorisation rules, then the event is
            // ignored."
            if (AuthRules.check(event, stateFor(number), verifier).isAllowed()) {
                applied.put(event.key(), number);
            }
        }
    }

    /// The event that the state has under a key by now.
    int event(StateKey key) {
        Integer number = applied.get(key);
        return number == null ? initial.event(key) : number;
    }

    /// "Update the result by replacing any event with the event with the same key from the
    /// *unconflicted state map*": what is left of the applied events.
    Map<StateKey, Integer> entriesOutside(UnconflictedState unconflicted) {
        Map<StateKey, Integer> entries = new HashMap<>(applied);
        entries.keySet().removeIf(key -> unconflicted.event(key) != AuthGraph.NONE);
        return entries;
    }

    private LoadedState stateFor(int checked) {
        return new LoadedState(
                key -> {
                    int inState = event(key);
                    return inState == AuthGraph.NONE ? citedBy(checked, key) : inState;
                },
                loaded);
    }

    /// "If a `(event_type, state_key)` key that is required for checking the authorisation rules is
    /// not present in the state, then the appropriate state event from the event's `auth_events` is
    /// used if the auth event is not rejected."
    private int citedBy(int checked, StateKey key) {
        if (key.equals(StateKey.CREATE) && version.has(Tweak.ROOM_ID_IS_HASH)) {
            // The room id stands for it: no event cites it.
            return graph.create();
        }
        for (int number : graph.authEvents(checked)) {
            Event event = loaded.event(number);
            if (event != null && event.isState(key.type(), key.key()) && !loaded.rejected(number)) {
                return number;
            }
        }
        return AuthGraph.NONE;
    }
}
