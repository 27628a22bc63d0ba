package org.valise.protocol.stateresolution;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.authrules.AuthState;
import org.valise.protocol.authrules.PowerLevels;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Verifier;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The oracle: the specification's state resolution, sentence by sentence, over sets of whole
/// events. Slow and obvious; shares with the code under test only [AuthRules] and [PowerLevels].
final class NaiveResolution {
    private static final StateKey CREATE = new StateKey("m.room.create", "");
    private static final StateKey POWER_LEVELS = new StateKey("m.room.power_levels", "");

    private final RoomVersion version;
    private final Map<EventId, Event> events;
    private final Set<EventId> rejected;
    private final Verifier verifier;
    private final Map<Event, Set<Event>> authChains = new HashMap<>();

    NaiveResolution(
            RoomVersion version,
            Map<EventId, Event> events,
            Set<EventId> rejected,
            Verifier verifier) {
        this.version = version;
        this.events = events;
        this.rejected = rejected;
        this.verifier = verifier;
    }

    Map<StateKey, EventId> resolve(List<Map<StateKey, EventId>> stateSets) {
        List<Map<StateKey, Event>> states =
                stateSets.stream()
                        .map(state ->
                                state.entrySet().stream()
                                        .collect(
                                                Collectors.toMap(
                                                        Map.Entry::getKey,
                                                        e -> event(e.getValue()))))
                        .toList();
        Map<StateKey, Event> resolved =
                version == RoomVersion.V1
                        ? new NaiveResolutionV1(this::allowed).resolve(states)
                        : resolveVersion2(states);
        Map<StateKey, EventId> ids = new HashMap<>();
        resolved.forEach((key, event) -> ids.put(key, event.id()));
        return ids;
    }

    // ---- versions 2 and 2.1

    private boolean is21() {
        return version == RoomVersion.V12;
    }

    private Map<StateKey, Event> resolveVersion2(List<Map<StateKey, Event>> states) {
        // "If a given key K is present in every Si with the same value V in each state map, then
        // the pair (K, V) belongs to the unconflicted state map. Otherwise, V belongs to the
        // conflicted state set."
        Map<StateKey, Event> unconflictedStateMap = new HashMap<>();
        Set<Event> conflictedStateSet = new HashSet<>();
        for (Map<StateKey, Event> state : states) {
            state.forEach((key, event) -> {
                if (states.stream().allMatch(other -> event.equals(other.get(key)))) {
                    unconflictedStateMap.put(key, event);
                } else {
                    conflictedStateSet.add(event);
                }
            });
        }
        if (conflictedStateSet.isEmpty()) {
            return unconflictedStateMap;
        }
        // "The full conflicted set is the union of the conflicted state set, the conflicted state
        // subgraph, and the auth difference."
        Set<Event> fullConflictedSet = new HashSet<>(conflictedStateSet);
        fullConflictedSet.addAll(authDifference(states));
        if (is21()) {
            fullConflictedSet.addAll(conflictedStateSubgraph(conflictedStateSet));
        }
        // 1. "Select the set X of all power events that appear in the full conflicted set. For each
        // such power event P, enlarge X by adding the events in the auth chain of P which also
        // belong to the full conflicted set."
        Set<Event> x = new HashSet<>();
        for (Event event : fullConflictedSet) {
            if (isPowerEvent(event)) {
                x.add(event);
                authChain(event).stream().filter(fullConflictedSet::contains).forEach(x::add);
            }
        }
        // "Sort X into a list using the reverse topological power ordering."
        List<Event> powerList = reverseTopologicalPowerOrdering(x);
        // 2. "Apply the iterative auth checks algorithm, starting from the unconflicted state map
        // [2.1: from an empty state map], to the list of events from the previous step".
        Map<StateKey, Event> state = is21() ? new HashMap<>() : new HashMap<>(unconflictedStateMap);
        iterativeAuthChecks(state, powerList);
        // 3. "Take all remaining events that weren't picked in step 1 and order them by the
        // mainline
        // ordering based on the power level in the partially resolved state".
        Set<Event> remaining = new HashSet<>(fullConflictedSet);
        remaining.removeAll(x);
        List<Event> rest = mainlineOrdering(remaining, state.get(POWER_LEVELS));
        // 4. "Apply the iterative auth checks algorithm on the partial resolved state and the
        // list".
        iterativeAuthChecks(state, rest);
        // 5. "Update the result by replacing any event with the event with the same key from the
        // unconflicted state map, if such an event exists".
        state.putAll(unconflictedStateMap);
        return state;
    }

    private boolean isPowerEvent(Event event) {
        return switch (event.type()) {
            case "m.room.power_levels", "m.room.join_rules" -> event.stateKey().isEmpty();
            case "m.room.member" ->
                    Set.of("leave", "ban").contains(event.content().string("membership").orElse(""))
                            && !event.sender().value().equals(event.stateKey());
            default -> false;
        };
    }

    /// "The set containing all of E's auth events, all of their auth events, and so on
    /// recursively".
    private Set<Event> authChain(Event event) {
        Set<Event> known = authChains.get(event);
        if (known == null) {
            known = new HashSet<>();
            for (Event authEvent : authEvents(event)) {
                known.add(authEvent);
                known.addAll(authChain(authEvent));
            }
            authChains.put(event, known);
        }
        return known;
    }

    private Set<Event> authDifference(List<Map<StateKey, Event>> states) {
        Set<Event> union = new HashSet<>();
        Set<Event> intersection = null;
        for (Map<StateKey, Event> state : states) {
            // "the full auth chain for each state Si, that is the union of the auth chains for each
            // event in Si"
            Set<Event> chain = new HashSet<>();
            state.values().forEach(event -> chain.addAll(authChain(event)));
            union.addAll(chain);
            if (intersection == null) {
                intersection = new HashSet<>(chain);
            } else {
                intersection.retainAll(chain);
            }
        }
        // "∪ Ci − ∩ Ci"
        union.removeAll(intersection);
        return union;
    }

    /// "Starting from an event in the conflicted state set and following auth_events edges may lead
    /// to another event in the conflicted state set. The union of all such paths between any pair
    /// of events in the conflicted state set (including endpoints)".
    private Set<Event> conflictedStateSubgraph(Set<Event> conflictedStateSet) {
        Set<Event> subgraph = new HashSet<>();
        for (Event from : conflictedStateSet) {
            for (Event to : conflictedStateSet) {
                if (authChain(from).contains(to)) {
                    subgraph.add(from);
                    subgraph.add(to);
                    for (Event between : authChain(from)) {
                        if (authChain(between).contains(to)) {
                            subgraph.add(between);
                        }
                    }
                }
            }
        }
        return subgraph;
    }

    private List<Event> reverseTopologicalPowerOrdering(Set<Event> set) {
        Comparator<Event> order =
                Comparator.comparing(this::senderPowerLevel)
                        .reversed()
                        .thenComparing(Event::originServerTs)
                        .thenComparing(NaiveResolution::byId);
        List<Event> sorted = new ArrayList<>();
        Set<Event> left = new HashSet<>(set);
        while (!left.isEmpty()) {
            Event next =
                    left.stream()
                            .filter(e -> authChain(e).stream().noneMatch(left::contains))
                            .min(order)
                            .orElseThrow();
            sorted.add(next);
            left.remove(next);
        }
        return sorted;
    }

    /// "x's sender has greater power level than y's sender, when looking at their respective
    /// auth_events".
    private long senderPowerLevel(Event event) {
        Event powerLevels = powerLevelsCitedBy(event);
        Event create = createOf(event);
        if (create == null) {
            return 0;
        }
        return PowerLevels.of(version, powerLevels, create).userLevel(event.sender());
    }

    private @Nullable Event createOf(Event event) {
        if (is21()) {
            return event(EventId.parse("$" + event.roomId().value().substring(1)));
        }
        return authEvents(event).stream()
                .filter(e -> e.type().equals("m.room.create"))
                .findFirst()
                .orElse(null);
    }

    private @Nullable Event powerLevelsCitedBy(Event event) {
        return authEvents(event).stream()
                .filter(e -> e.key().equals(POWER_LEVELS))
                .findFirst()
                .orElse(null);
    }

    private List<Event> mainlineOrdering(Set<Event> set, @Nullable Event p0) {
        List<Event> mainline = powerLevelsList(p0);
        return set.stream()
                .sorted(
                        Comparator.comparing((Event e) -> mainlinePosition(e, mainline))
                                .reversed()
                                .thenComparing(Event::originServerTs)
                                .thenComparing(NaiveResolution::byId))
                .toList();
    }

    private int mainlinePosition(Event event, List<Event> mainline) {
        for (Event e : powerLevelsList(powerLevelsCitedBy(event))) {
            if (mainline.contains(e)) {
                return mainline.indexOf(e);
            }
        }
        return Integer.MAX_VALUE;
    }

    private List<Event> powerLevelsList(@Nullable Event first) {
        List<Event> list = new ArrayList<>();
        for (Event p = first; p != null; p = powerLevelsCitedBy(p)) {
            list.add(p);
        }
        return list;
    }

    private void iterativeAuthChecks(Map<StateKey, Event> state, List<Event> sorted) {
        for (Event event : sorted) {
            Map<StateKey, Event> seen = new HashMap<>();
            for (Event authEvent : authEvents(event)) {
                // "If a (event_type, state_key) key that is required … is not present in the state,
                // then the appropriate state event from the event's auth_events is used if the auth
                // event is not rejected."
                if (!rejected.contains(authEvent.id())) {
                    seen.putIfAbsent(authEvent.key(), authEvent);
                }
            }
            if (is21()) {
                seen.put(CREATE, createOf(event));
            }
            seen.putAll(state);
            // "If the state event is not allowed by the authorisation rules, then the event is
            // ignored."
            if (allowed(event, seen)) {
                state.put(event.key(), event);
            }
        }
    }

    // ---- both

    private boolean allowed(Event event, Map<StateKey, Event> state) {
        return AuthRules.check(event, AuthState.of(state), verifier).isAllowed();
    }

    private List<Event> authEvents(Event event) {
        return event.authEvents().stream().map(this::event).toList();
    }

    private Event event(EventId id) {
        Event event = events.get(id);
        if (event == null) {
            throw new AssertionError("no event " + id);
        }
        return event;
    }

    /// By code point, as bytes of UTF-8 are ordered.
    private static final Comparator<byte[]> BYTES = Arrays::compareUnsigned;

    private static Bytes byId(Event event) {
        return new Bytes(event.id().value().getBytes(StandardCharsets.UTF_8));
    }

    private record Bytes(byte[] bytes) implements Comparable<Bytes> {
        @Override
        public int compareTo(Bytes other) {
            return BYTES.compare(bytes, other.bytes);
        }
    }
}
