package org.valise.protocol.stateresolution;

import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/// The part of the oracle that is for room version 1.
///
/// @param allowed whether the authorization rules allow an event in a state
record NaiveResolutionV1(BiPredicate<Event, Map<StateKey, Event>> allowed) {
    Map<StateKey, Event> resolve(List<Map<StateKey, Event>> states) {
        // "A conflict occurs between states where those states have different event_ids for the
        // same (event_type, state_key)."
        Map<StateKey, Set<Event>> found = new LinkedHashMap<>();
        states.forEach(state ->
                state.forEach((key, event) ->
                        found.computeIfAbsent(key, k -> new HashSet<>()).add(event)));
        // "Start by setting R to the union of the states to be resolved, excluding any conflicting
        // events."
        Map<StateKey, Event> r = new HashMap<>();
        found.forEach((key, candidates) -> {
            if (candidates.size() == 1) {
                r.put(key, candidates.iterator().next());
            }
        });
        // "First we resolve conflicts between m.room.power_levels events. … Repeat the above
        // process for conflicts between m.room.join_rules events. Repeat the above process for
        // conflicts between m.room.member events."
        for (String type : List.of("m.room.power_levels", "m.room.join_rules", "m.room.member")) {
            Map<StateKey, Event> results = new HashMap<>();
            found.forEach((key, candidates) -> {
                if (key.type().equals(type) && candidates.size() > 1) {
                    results.put(key, resolveAuthEvents(key, candidates, r));
                }
            });
            r.putAll(results);
        }
        // "for all other conflicts, just pick the event with the highest depth and lowest
        // sha1(event_id) that passes authentication in R and add it to R."
        Map<StateKey, Event> results = new HashMap<>();
        found.forEach((key, candidates) -> {
            if (!r.containsKey(key)) {
                List<Event> newestFirst =
                        candidates.stream()
                                .sorted(
                                        Comparator.comparing(Event::depth)
                                                .reversed()
                                                .thenComparing(NaiveResolutionV1::sha1))
                                .toList();
                results.put(
                        key,
                        newestFirst.stream()
                                .filter(event -> allowed.test(event, r))
                                .findFirst()
                                .orElse(newestFirst.getLast()));
            }
        });
        r.putAll(results);
        return r;
    }

    private Event resolveAuthEvents(StateKey key, Set<Event> candidates, Map<StateKey, Event> r) {
        // "Sort the list by ascending depth then descending sha1(event_id)."
        List<Event> list =
                candidates.stream()
                        .sorted(
                                Comparator.comparing(Event::depth)
                                        .thenComparing(
                                                NaiveResolutionV1::sha1, Comparator.reverseOrder()))
                        .toList();
        Map<StateKey, Event> mine = new HashMap<>(r);
        // "Add the first event in the list to R."
        mine.put(key, list.getFirst());
        // "For each subsequent event in the list, check that the event would be allowed by the
        // authorisation rules for a room in state R. If the event would be allowed, then update R
        // with the event and continue with the next event in the list. If it would not be allowed,
        // stop".
        for (Event event : list.subList(1, list.size())) {
            if (!allowed.test(event, mine)) {
                break;
            }
            mine.put(key, event);
        }
        return mine.get(key);
    }

    private static String sha1(Event event) {
        try {
            byte[] id = event.id().value().getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(id);
            StringBuilder hex = new StringBuilder();
            for (byte b : digest) {
                hex.append(String.format("%02x", b));
            }
            return hex.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
