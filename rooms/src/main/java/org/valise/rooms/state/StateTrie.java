package org.valise.rooms.state;

import org.jspecify.annotations.Nullable;
import org.valise.rooms.state.StateNode.Branch;
import org.valise.rooms.state.StateNode.Child;
import org.valise.rooms.state.StateNode.Leaf;

import java.util.Arrays;

/// A persistent map from the number of a (type, state key) pair to the number of an event: a
/// hash-array-mapped trie with fan-out 16. The form is canonical: a subtree of at most [#LEAF_MAX]
/// entries is one leaf, a larger one a branch, so equal maps have equal shapes.
final class StateTrie {
    static final int LEAF_MAX = 64;
    private static final int BITS = 4;
    private static final int FAN_OUT = 1 << BITS;

    static final StateTrie EMPTY = new StateTrie(Leaf.EMPTY, StateTrie::noNodes);

    private final StateNode root;
    private final StateNodes nodes;

    StateTrie(StateNode root, StateNodes nodes) {
        this.root = root;
        this.nodes = nodes;
    }

    private static StateNode noNodes(long blob, int offset) {
        throw new IllegalStateException("an empty trie has no stored nodes");
    }

    StateNode root() {
        return root;
    }

    int size() {
        return root.size();
    }

    StateHash hash() {
        return root.hash();
    }

    /// The event's number, or 0.
    long get(long key) {
        return get(root, key, 0, nodes);
    }

    private static long get(StateNode subtree, long key, int depth, StateNodes nodes) {
        StateNode node = subtree;
        for (int level = depth; node instanceof Branch branch; level++) {
            int slot = slot(key, level);
            if (!branch.has(slot)) {
                return 0;
            }
            node = branch.children[branch.index(slot)].load(nodes);
        }
        Leaf leaf = (Leaf) node;
        int at = Arrays.binarySearch(leaf.keys, key);
        return at < 0 ? 0 : leaf.events[at];
    }

    /// This map with one entry set, or taken out when `event` is 0.
    StateTrie with(long key, long event) {
        return with(key, event, nodes);
    }

    StateTrie with(long key, long event, StateNodes nodes) {
        StateNode changed = with(root, key, event, 0, nodes);
        return changed == root ? this : new StateTrie(changed, nodes);
    }

    private static StateNode with(
            StateNode node, long key, long event, int depth, StateNodes nodes) {
        return switch (node) {
            case Leaf leaf -> with(leaf, key, event, depth);
            case Branch branch -> with(branch, key, event, depth, nodes);
        };
    }

    private static StateNode with(Leaf leaf, long key, long event, int depth) {
        int at = Arrays.binarySearch(leaf.keys, key);
        long before = at < 0 ? 0 : leaf.events[at];
        if (before == event) {
            return leaf;
        }
        StateHash hash = leaf.hash();
        if (before != 0) {
            hash = hash.minus(StateHash.of(key, before));
        }
        if (event == 0) {
            return new Leaf(without(leaf.keys, at), without(leaf.events, at), hash);
        }
        hash = hash.plus(StateHash.of(key, event));
        if (before != 0) {
            long[] events = leaf.events.clone();
            events[at] = event;
            return new Leaf(leaf.keys, events, hash);
        }
        int insert = -at - 1;
        Leaf grown =
                new Leaf(
                        inserted(leaf.keys, insert, key),
                        inserted(leaf.events, insert, event),
                        hash);
        return grown.size() <= LEAF_MAX ? grown : split(grown, depth);
    }

    private static StateNode with(
            Branch branch, long key, long event, int depth, StateNodes nodes) {
        int slot = slot(key, depth);
        int index = branch.index(slot);
        StateNode before = branch.has(slot) ? branch.children[index].load(nodes) : Leaf.EMPTY;
        StateNode after = with(before, key, event, depth + 1, nodes);
        if (after == before) {
            return branch;
        }
        int size = branch.size() - before.size() + after.size();
        StateHash hash = branch.hash().minus(before.hash()).plus(after.hash());
        Branch changed = replaced(branch, slot, index, after, size, hash);
        return size > LEAF_MAX ? changed : flattened(changed, nodes);
    }

    private static Branch replaced(
            Branch branch, int slot, int index, StateNode after, int size, StateHash hash) {
        Child[] old = branch.children;
        if (after.size() == 0) {
            Child[] children = new Child[old.length - 1];
            System.arraycopy(old, 0, children, 0, index);
            System.arraycopy(old, index + 1, children, index, children.length - index);
            return new Branch(branch.bitmap & ~(1 << slot), children, size, hash);
        }
        if (branch.has(slot)) {
            Child[] children = old.clone();
            children[index] = new Child(after);
            return new Branch(branch.bitmap, children, size, hash);
        }
        Child[] children = new Child[old.length + 1];
        System.arraycopy(old, 0, children, 0, index);
        children[index] = new Child(after);
        System.arraycopy(old, index, children, index + 1, old.length - index);
        return new Branch(branch.bitmap | (1 << slot), children, size, hash);
    }

    private static Branch split(Leaf leaf, int depth) {
        long[][] keys = new long[FAN_OUT][];
        long[][] events = new long[FAN_OUT][];
        int[] counts = new int[FAN_OUT];
        for (long key : leaf.keys) {
            counts[slot(key, depth)]++;
        }
        int bitmap = 0;
        for (int slot = 0; slot < FAN_OUT; slot++) {
            keys[slot] = new long[counts[slot]];
            events[slot] = new long[counts[slot]];
            bitmap |= counts[slot] > 0 ? 1 << slot : 0;
        }
        int[] filled = new int[FAN_OUT];
        for (int i = 0; i < leaf.keys.length; i++) {
            int slot = slot(leaf.keys[i], depth);
            keys[slot][filled[slot]] = leaf.keys[i];
            events[slot][filled[slot]++] = leaf.events[i];
        }
        Child[] children = new Child[Integer.bitCount(bitmap)];
        int next = 0;
        for (int slot = 0; slot < FAN_OUT; slot++) {
            if (counts[slot] > 0) {
                Leaf part = new Leaf(keys[slot], events[slot], hashOf(keys[slot], events[slot]));
                children[next++] =
                        new Child(part.size() <= LEAF_MAX ? part : split(part, depth + 1));
            }
        }
        return new Branch(bitmap, children, leaf.size(), leaf.hash());
    }

    private static Leaf flattened(Branch branch, StateNodes nodes) {
        long[] keys = new long[branch.size()];
        int[] count = {0};
        StateTrie part = new StateTrie(branch, nodes);
        part.forEach((key, event) -> keys[count[0]++] = key);
        Arrays.sort(keys);
        long[] sortedEvents = new long[keys.length];
        part.forEach((key, event) -> sortedEvents[Arrays.binarySearch(keys, key)] = event);
        return new Leaf(keys, sortedEvents, branch.hash());
    }

    void forEach(Entry entry) {
        forEach(root, nodes, entry);
    }

    private static void forEach(StateNode node, StateNodes nodes, Entry entry) {
        switch (node) {
            case Leaf leaf -> {
                for (int i = 0; i < leaf.keys.length; i++) {
                    entry.accept(leaf.keys[i], leaf.events[i]);
                }
            }
            case Branch branch -> {
                for (Child child : branch.children) {
                    forEach(child.load(nodes), nodes, entry);
                }
            }
        }
    }

    /// Tells every key whose event differs between this map and `later`; walks only what differs.
    void diff(StateTrie later, Difference difference) {
        diff(root, nodes, later.root, later.nodes, 0, difference);
    }

    private static void diff(
            StateNode before,
            StateNodes beforeNodes,
            StateNode after,
            StateNodes afterNodes,
            int depth,
            Difference difference) {
        if (before == after || before.hash().equals(after.hash())) {
            return;
        }
        if (before instanceof Branch old && after instanceof Branch now) {
            for (int slot = 0; slot < FAN_OUT; slot++) {
                diffSlot(old, beforeNodes, now, afterNodes, slot, depth, difference);
            }
            return;
        }
        // One side is small; the shapes differ by at most what crossed the leaf's limit.
        StateTrie old = new StateTrie(before, beforeNodes);
        StateTrie now = new StateTrie(after, afterNodes);
        old.forEach((key, event) -> {
            long other = get(after, key, depth, afterNodes);
            if (other != event) {
                difference.accept(key, event, other);
            }
        });
        now.forEach((key, event) -> {
            if (get(before, key, depth, beforeNodes) == 0) {
                difference.accept(key, 0, event);
            }
        });
    }

    private static void diffSlot(
            Branch old,
            StateNodes oldNodes,
            Branch now,
            StateNodes nowNodes,
            int slot,
            int depth,
            Difference difference) {
        Child mine = old.has(slot) ? old.children[old.index(slot)] : null;
        Child other = now.has(slot) ? now.children[now.index(slot)] : null;
        if (mine != null && other != null && mine.sameAs(other)) {
            return;
        }
        StateNode before = mine == null ? Leaf.EMPTY : mine.load(oldNodes);
        StateNode after = other == null ? Leaf.EMPTY : other.load(nowNodes);
        diff(before, oldNodes, after, nowNodes, depth + 1, difference);
    }

    private static int slot(long key, int depth) {
        return (int) (mix(key) >>> (BITS * depth)) & (FAN_OUT - 1);
    }

    /// Spreads consecutive numbers over the slots; a bijection (the finalizer of splitmix64), so
    /// two keys never share a whole path.
    private static long mix(long key) {
        long z = key + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static StateHash hashOf(long[] keys, long[] events) {
        StateHash hash = StateHash.EMPTY;
        for (int i = 0; i < keys.length; i++) {
            hash = hash.plus(StateHash.of(keys[i], events[i]));
        }
        return hash;
    }

    private static long[] inserted(long[] values, int at, long value) {
        long[] grown = new long[values.length + 1];
        System.arraycopy(values, 0, grown, 0, at);
        grown[at] = value;
        System.arraycopy(values, at, grown, at + 1, values.length - at);
        return grown;
    }

    private static long[] without(long[] values, int at) {
        long[] less = new long[values.length - 1];
        System.arraycopy(values, 0, less, 0, at);
        System.arraycopy(values, at + 1, less, at, less.length - at);
        return less;
    }

    /// An entry of the map.
    interface Entry {
        void accept(long key, long event);
    }

    /// A key whose event differs; 0 stands for "none".
    interface Difference {
        void accept(long key, long before, long after);
    }

    @Override
    public String toString() {
        return "StateTrie[" + size() + " entries, " + hash() + "]";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StateTrie trie
                && trie.size() == size()
                && trie.hash().equals(hash());
    }

    @Override
    public int hashCode() {
        return hash().hashCode();
    }
}
