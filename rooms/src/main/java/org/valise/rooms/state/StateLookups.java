package org.valise.rooms.state;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Looks up a few keys in the states of many rooms: a handful of queries, however many rooms there
/// are. What it read stays in memory, for whoever asks the snapshots themselves afterwards.
public final class StateLookups {
    /// One for the snapshots, one for their roots, one for each level of the deepest trie.
    private static final int MAX_ROUNDS = 10;

    private final StateStore store;

    public StateLookups(StateStore store) {
        this.store = store;
    }

    /// A blob that is not in memory.
    private static final class MissingBlob extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final long number;

        MissingBlob(long number) {
            super(null, null, false, false);
            this.number = number;
        }
    }

    /// The events under these keys, by snapshot; a key that a state does not have is left out.
    ///
    /// @param snapshots their numbers
    public Map<Long, Set<Long>> find(Collection<Long> snapshots, Collection<Long> keys) {
        Map<Long, Set<Long>> found = new HashMap<>();
        Set<Long> open = new HashSet<>(snapshots);
        open.remove(0L);
        for (int round = 0; round < MAX_ROUNDS && !open.isEmpty(); round++) {
            Set<Long> missing = new HashSet<>();
            open.removeIf(number -> look(number, keys, found, missing));
            if (missing.isEmpty()) {
                break;
            }
            store.load(missing);
        }
        return found;
    }

    private boolean look(
            long number, Collection<Long> keys, Map<Long, Set<Long>> found, Set<Long> missing) {
        try {
            StateSnapshot state = StateSnapshot.read(number, bytes(number), this::node);
            Set<Long> events = new HashSet<>();
            boolean complete = true;
            for (long key : keys) {
                try {
                    events.add(state.get(key));
                } catch (MissingBlob lack) {
                    missing.add(lack.number);
                    complete = false;
                }
            }
            events.remove(0L);
            found.put(number, events);
            return complete;
        } catch (MissingBlob lack) {
            missing.add(lack.number);
            return false;
        }
    }

    private StateNode node(long blob, int offset) {
        return StateCodec.node(blob, bytes(blob), offset);
    }

    private byte[] bytes(long number) {
        byte[] known = store.cached(number);
        if (known == null) {
            throw new MissingBlob(number);
        }
        return known;
    }
}
