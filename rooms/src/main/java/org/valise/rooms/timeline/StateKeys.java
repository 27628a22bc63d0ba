package org.valise.rooms.timeline;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.platform.database.Database;
import org.valise.protocol.event.StateKey;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Numbers for (type, state key) pairs. A number's lowest bit is 1 for `m.room.member`.
public final class StateKeys {
    private static final String MEMBER = "m.room.member";
    private static final int CACHED = 200_000;
    private static final BiConsumer<StateKey, Long> FORGET = (key, number) -> {};

    private final StateKeyStore store;
    private final NumberBlock numbers;
    private final Cache<StateKey, Long> byName = Caffeine.newBuilder().maximumSize(CACHED).build();
    private final Cache<Long, StateKey> byNumber =
            Caffeine.newBuilder().maximumSize(CACHED).build();

    public StateKeys(Database database) {
        this.store = new StateKeyStore(database);
        this.numbers = new SequenceStore(database).stateKeys();
    }

    /// The pair's number; the pair gets one if it has none.
    public long number(StateKey key) {
        return find(key).orElseGet(() -> add(key));
    }

    /// The numbers of all of them, in at most three queries; those that have none get one.
    public Map<StateKey, Long> numbers(Collection<StateKey> keys) {
        return numbers(keys, this::remember);
    }

    /// The same, of many that may never be met again: they drive none from memory.
    public Map<StateKey, Long> numbersInPassing(Collection<StateKey> keys) {
        return numbers(keys, FORGET);
    }

    private Map<StateKey, Long> numbers(
            Collection<StateKey> keys, BiConsumer<StateKey, Long> learned) {
        Map<StateKey, Long> found = find(keys, learned);
        List<StateKeyStore.Numbered> fresh =
                keys.stream()
                        .filter(key -> !found.containsKey(key))
                        .distinct()
                        .map(key -> new StateKeyStore.Numbered(newNumber(key), key))
                        .toList();
        if (!fresh.isEmpty()) {
            for (StateKeyStore.Numbered pair : store.add(fresh)) {
                learned.accept(pair.key(), pair.number());
                found.put(pair.key(), pair.number());
            }
            // Those with which another node was faster.
            List<StateKey> rest =
                    fresh.stream()
                            .map(StateKeyStore.Numbered::key)
                            .filter(key -> !found.containsKey(key))
                            .toList();
            found.putAll(find(rest, learned));
        }
        return found;
    }

    /// The pair's number, if any server ever used it in a room known here.
    public Optional<Long> find(StateKey key) {
        if (!isStorable(key)) {
            return Optional.empty();
        }
        Long known = byName.getIfPresent(key);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Long> found = store.find(key);
        found.ifPresent(number -> remember(key, number));
        return found;
    }

    /// The numbers of those that have one, in at most one query.
    public Map<StateKey, Long> find(Collection<StateKey> keys) {
        return find(keys, this::remember);
    }

    private Map<StateKey, Long> find(
            Collection<StateKey> keys, BiConsumer<StateKey, Long> learned) {
        Map<StateKey, Long> found = new HashMap<>();
        List<StateKey> unknown =
                keys.stream()
                        .filter(StateKeys::isStorable)
                        .filter(key -> {
                            Long known = byName.getIfPresent(key);
                            if (known != null) {
                                found.put(key, known);
                            }
                            return known == null;
                        })
                        .toList();
        if (!unknown.isEmpty()) {
            for (StateKeyStore.Numbered pair : store.find(unknown)) {
                learned.accept(pair.key(), pair.number());
                found.put(pair.key(), pair.number());
            }
        }
        return found;
    }

    public StateKey name(long number) {
        StateKey known = byNumber.getIfPresent(number);
        if (known == null) {
            known = names(new long[] {number}).get(number);
        }
        if (known == null) {
            throw new IllegalStateException("no state key has the number " + number);
        }
        return known;
    }

    /// The names of many numbers, in at most one query.
    public Map<Long, StateKey> names(long[] wanted) {
        return names(wanted, this::remember);
    }

    /// The same, of many that may not be asked for again.
    public Map<Long, StateKey> namesInPassing(long[] wanted) {
        return names(wanted, FORGET);
    }

    private Map<Long, StateKey> names(long[] wanted, BiConsumer<StateKey, Long> learned) {
        Map<Long, StateKey> names = new HashMap<>();
        long[] unknown =
                Arrays.stream(wanted)
                        .filter(number -> {
                            StateKey known = byNumber.getIfPresent(number);
                            if (known != null) {
                                names.put(number, known);
                            }
                            return known == null;
                        })
                        .toArray();
        if (unknown.length > 0) {
            for (StateKeyStore.Numbered pair : store.names(unknown)) {
                learned.accept(pair.key(), pair.number());
                names.put(pair.number(), pair.key());
            }
        }
        return names;
    }

    /// PostgreSQL does not store NUL in text: no such pair is in use.
    private static boolean isStorable(StateKey key) {
        return key.type().indexOf('\0') < 0 && key.key().indexOf('\0') < 0;
    }

    private long add(StateKey key) {
        long number = newNumber(key);
        if (store.add(number, key)) {
            remember(key, number);
            return number;
        }
        return find(key).orElseThrow(); // another node was faster
    }

    private long newNumber(StateKey key) {
        return numbers.take() * 2 + (key.type().equals(MEMBER) ? 1 : 0);
    }

    private void remember(StateKey key, long number) {
        byName.put(key, number);
        byNumber.put(number, key);
    }
}
