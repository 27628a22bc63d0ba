package org.valise.sync.streams;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What one user is shown of the small order: where somebody began or ended typing, whose presence
/// changed. Not for several threads at once.
final class EphemeralNews {
    /// SECURITY: a user in rooms full of people must not grow without bound in memory; who lags
    /// further behind than that is told everything anew.
    private static final int MAX_ENTRIES = 10_000;

    private final Map<Long, Long> typing = new HashMap<>();
    private final Map<Long, Long> presence = new HashMap<>();

    /// Everything after it is here.
    private long floor = Long.MAX_VALUE;

    void knowsAllAfter(long position) {
        floor = position;
    }

    void typed(long room, long position) {
        put(typing, room, position);
    }

    void present(long user, long position) {
        put(presence, user, position);
    }

    private void put(Map<Long, Long> entries, long key, long position) {
        if (entries.size() >= MAX_ENTRIES && !entries.containsKey(key)) {
            for (long lost : entries.values()) {
                floor = Math.max(floor, lost);
            }
            entries.clear();
        }
        entries.put(key, position);
    }

    /// The rooms in which somebody began or ended typing in `(from, to]`; empty if that is too long
    /// ago to know. What changed again after `to` is left out: it comes later.
    Optional<Set<Long>> typedIn(long from, long to) {
        return between(typing, from, to);
    }

    /// Whose presence changed in `(from, to]`, likewise.
    Optional<Set<Long>> presentIn(long from, long to) {
        return between(presence, from, to);
    }

    private Optional<Set<Long>> between(Map<Long, Long> entries, long from, long to) {
        if (from < floor) {
            return Optional.empty();
        }
        Set<Long> found = new HashSet<>();
        entries.forEach((key, position) -> {
            if (position > from && position <= to) {
                found.add(key);
            }
        });
        return Optional.of(found);
    }
}
