package org.valise.protocol.stateresolution;

import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.signature.Verifier;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/// State resolution version 1 (room version 1): "built up in a number of passes; here we use *R* to
/// refer to the results of the resolution so far". It looks at no auth chain.
///
/// The specification says "all the `m.room.member` events … into a list"; this can only be meant
/// key by key, and so that the order of the keys has no effect: what a pass finds is added to *R*
/// after the pass.
final class ResolutionV1 {
    private final StateDifference difference;
    private final LoadedEvents loaded;
    private final Verifier verifier;

    /// *R*, less the unconflicted state.
    private final Map<StateKey, Integer> resolved = new HashMap<>();

    private final List<Conflict> conflicts = new ArrayList<>();

    ResolutionV1(StateDifference difference, NumberedEvents events, Verifier verifier) {
        this.difference = difference;
        this.loaded = new LoadedEvents(events);
        this.verifier = verifier;
    }

    DifferenceResolution resolve() {
        // "A conflict occurs between states where those states have different event_ids for the
        // same (event_type, state_key)": an absent key is none. "Start by setting R to the union of
        // the states to be resolved, excluding any conflicting events."
        for (Conflict conflict : difference.conflicts()) {
            int[] candidates = conflict.candidates();
            if (candidates.length == 1) {
                resolved.put(conflict.key(), candidates[0]);
            } else if (candidates.length > 1) {
                conflicts.add(conflict);
            }
        }
        askFor();
        if (!loaded.complete()) {
            return loaded.needs();
        }
        resolveAuthorizing(key -> key.type().equals(EventTypes.POWER_LEVELS));
        resolveAuthorizing(key -> key.type().equals(EventTypes.JOIN_RULES));
        resolveAuthorizing(key -> key.type().equals(EventTypes.MEMBER));
        pass(key -> true, this::newestAllowed);
        return loaded.complete() ? new DifferenceResolution.Resolved(resolved) : loaded.needs();
    }

    private void askFor() {
        loaded.want(event(StateKey.CREATE));
        loaded.want(event(StateKey.POWER_LEVELS));
        loaded.want(event(StateKey.JOIN_RULES));
        for (Conflict conflict : conflicts) {
            Arrays.stream(conflict.candidates())
                    .peek(loaded::want)
                    .mapToObj(loaded::event)
                    .flatMap(event -> Optional.ofNullable(event).stream())
                    .flatMap(event -> AuthRules.needs(event).stream())
                    .forEach(key -> loaded.want(event(key)));
        }
    }

    private interface Choice {
        int of(List<Integer> oldestFirst);
    }

    private void resolveAuthorizing(Predicate<StateKey> keys) {
        pass(keys, this::lastOfAllowedRun);
    }

    private void pass(Predicate<StateKey> keys, Choice choice) {
        Map<StateKey, Integer> found = new HashMap<>();
        for (Conflict conflict : conflicts) {
            if (keys.test(conflict.key())) {
                found.put(conflict.key(), choice.of(oldestFirst(conflict)));
            }
        }
        conflicts.removeIf(conflict -> found.containsKey(conflict.key()));
        resolved.putAll(found);
    }

    /// "Add the first event in the list to *R*. For each subsequent event in the list, check that
    /// the event would be allowed by the authorisation rules for a room in state *R*. If the event
    /// would be allowed, then update *R* with the event and continue …. If it would not be allowed,
    /// stop".
    private int lastOfAllowedRun(List<Integer> oldestFirst) {
        int last = oldestFirst.getFirst();
        StateKey key = loaded.loaded(last).key();
        for (int next : oldestFirst.subList(1, oldestFirst.size())) {
            int soFar = last;
            if (!allowed(next, asked -> asked.equals(key) ? soFar : event(asked))) {
                break;
            }
            last = next;
        }
        return last;
    }

    /// "Just pick the event with the highest `depth` and lowest `sha1(event_id)` that passes
    /// authentication in *R*".
    ///
    /// NOTSPEC: where none passes, which the specification leaves open, the oldest is kept, as the
    /// servers that made these rooms do.
    private int newestAllowed(List<Integer> oldestFirst) {
        for (int event : oldestFirst.reversed()) {
            if (allowed(event, this::event)) {
                return event;
            }
        }
        return oldestFirst.getFirst();
    }

    private boolean allowed(int number, ToIntFunction<StateKey> state) {
        Event event = loaded.loaded(number);
        return AuthRules.check(event, new LoadedState(state, loaded), verifier).isAllowed();
    }

    private int event(StateKey key) {
        Integer number = resolved.get(key);
        return number == null ? difference.unconflicted().event(key) : number;
    }

    /// "Sort the list by ascending `depth` then descending `sha1(event_id)`."
    private List<Integer> oldestFirst(Conflict conflict) {
        return Arrays.stream(conflict.candidates())
                .mapToObj(number -> Candidate.of(number, loaded.loaded(number)))
                .sorted(Candidate.OLDEST_FIRST)
                .map(Candidate::number)
                .toList();
    }

    private record Candidate(int number, long depth, byte[] sha1) {
        static final Comparator<Candidate> OLDEST_FIRST =
                Comparator.comparingLong(Candidate::depth)
                        .thenComparing(Candidate::sha1, (x, y) -> Arrays.compareUnsigned(y, x));

        static Candidate of(int number, Event event) {
            return new Candidate(number, event.depth(), sha1(event.id().value()));
        }

        private static byte[] sha1(String text) {
            try {
                return MessageDigest.getInstance("SHA-1")
                        .digest(text.getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-1", e);
            }
        }
    }
}
