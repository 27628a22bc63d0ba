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

/// Numbers for (type, state key) pairs. A number's lowest bit is 1 for `m.room.member`.
public final class StateKeys {
    private static final String FIND =
            "SELECT number FROM rooms.state_key WHERE type = ? AND state_key = ?";
    private static final String FIND_ALL =
            """
            SELECT k.type, k.state_key, k.number FROM rooms.state_key k
            JOIN unnest(?, ?) AS wanted (type, state_key) USING (type, state_key)
            """;
    private static final String ADD =
            """
            INSERT INTO rooms.state_key (number, type, state_key) VALUES (?, ?, ?)
            ON CONFLICT (type, state_key) DO NOTHING
            """;
    private static final String NAMES =
            "SELECT number, type, state_key FROM rooms.state_key WHERE number = ANY(?)";
    private static final String MEMBER = "m.room.member";
    private static final int CACHED = 200_000;

    private final Database database;
    private final NumberBlock numbers;
    private final Cache<StateKey, Long> byName = Caffeine.newBuilder().maximumSize(CACHED).build();
    private final Cache<Long, StateKey> byNumber =
            Caffeine.newBuilder().maximumSize(CACHED).build();

    public StateKeys(Database database) {
        this.database = database;
        this.numbers = new NumberBlock(database, "rooms.state_key_number", 100);
    }

    /// The pair's number; the pair gets one if it has none.
    public long number(StateKey key) {
        return find(key).orElseGet(() -> add(key));
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
        Optional<Long> found =
                database.read(tx -> tx.one(FIND, row -> row.getLong(1), key.type(), key.key()));
        found.ifPresent(number -> remember(key, number));
        return found;
    }

    /// The numbers of those that have one, in at most one query.
    public Map<StateKey, Long> find(Collection<StateKey> keys) {
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
            String[] types = unknown.stream().map(StateKey::type).toArray(String[]::new);
            String[] names = unknown.stream().map(StateKey::key).toArray(String[]::new);
            database.read(tx ->
                    tx.query(
                            FIND_ALL,
                            row -> {
                                StateKey key = new StateKey(row.getString(1), row.getString(2));
                                remember(key, row.getLong(3));
                                return found.put(key, row.getLong(3));
                            },
                            types,
                            names));
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
            database.read(tx ->
                    tx.query(
                            NAMES,
                            row -> {
                                StateKey key = new StateKey(row.getString(2), row.getString(3));
                                remember(key, row.getLong(1));
                                return names.put(row.getLong(1), key);
                            },
                            unknown));
        }
        return names;
    }

    /// PostgreSQL does not store NUL in text: no such pair is in use.
    private static boolean isStorable(StateKey key) {
        return key.type().indexOf('\0') < 0 && key.key().indexOf('\0') < 0;
    }

    private long add(StateKey key) {
        long number = numbers.take() * 2 + (key.type().equals(MEMBER) ? 1 : 0);
        int added = database.read(tx -> tx.update(ADD, number, key.type(), key.key()));
        if (added == 1) {
            remember(key, number);
            return number;
        }
        return find(key).orElseThrow(); // another node was faster
    }

    private void remember(StateKey key, long number) {
        byName.put(key, number);
        byNumber.put(number, key);
    }
}
