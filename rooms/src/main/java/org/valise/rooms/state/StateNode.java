package org.valise.rooms.state;

import org.jspecify.annotations.Nullable;

/// A node of a [StateTrie]. Content never changes; only where the node is stored is learned later.
abstract sealed class StateNode {
    /// Where the node is stored: the number of its blob and the offset in that blob's node area.
    /// Zero while it is only in memory (blob numbers start at 1).
    private long blob;

    private int offset;

    abstract int size();

    abstract StateHash hash();

    final boolean stored() {
        return blob != 0;
    }

    final long blob() {
        return blob;
    }

    final int offset() {
        return offset;
    }

    final void storedAt(long blob, int offset) {
        this.blob = blob;
        this.offset = offset;
    }

    /// At most [StateTrie#LEAF_MAX] entries, sorted by key.
    static final class Leaf extends StateNode {
        static final Leaf EMPTY = new Leaf(new long[0], new long[0], StateHash.EMPTY);

        final long[] keys;
        final long[] events;
        private final StateHash hash;

        Leaf(long[] keys, long[] events, StateHash hash) {
            this.keys = keys;
            this.events = events;
            this.hash = hash;
        }

        @Override
        int size() {
            return keys.length;
        }

        @Override
        StateHash hash() {
            return hash;
        }
    }

    /// More than [StateTrie#LEAF_MAX] entries, by four bits of the mixed key a level.
    static final class Branch extends StateNode {
        /// One a present slot, in slot order.
        final Child[] children;

        final int bitmap;
        private final int size;
        private final StateHash hash;

        Branch(int bitmap, Child[] children, int size, StateHash hash) {
            this.bitmap = bitmap;
            this.children = children;
            this.size = size;
            this.hash = hash;
        }

        @Override
        int size() {
            return size;
        }

        @Override
        StateHash hash() {
            return hash;
        }

        /// The index in [#children] of a slot, whether it is present or not.
        int index(int slot) {
            return Integer.bitCount(bitmap & ((1 << slot) - 1));
        }

        boolean has(int slot) {
            return (bitmap & (1 << slot)) != 0;
        }
    }

    /// A link to a node that is loaded when it is first needed.
    static final class Child {
        private final long blob;
        private final int offset;
        private volatile @Nullable StateNode node;

        Child(StateNode node) {
            this.blob = 0;
            this.offset = 0;
            this.node = node;
        }

        Child(long blob, int offset) {
            this.blob = blob;
            this.offset = offset;
        }

        StateNode load(StateNodes nodes) {
            StateNode known = node;
            if (known == null) {
                known = nodes.load(blob, offset);
                node = known;
            }
            return known;
        }

        long blob() {
            StateNode known = node;
            return blob != 0 || known == null ? blob : known.blob();
        }

        int offset() {
            StateNode known = node;
            return blob != 0 || known == null ? offset : known.offset();
        }

        /// The node, if it is not stored yet.
        @Nullable StateNode unstored() {
            StateNode known = node;
            return blob == 0 && known != null && !known.stored() ? known : null;
        }

        boolean sameAs(Child other) {
            if (this == other) {
                return true;
            }
            StateNode mine = node;
            if (mine != null && mine == other.node) {
                return true;
            }
            return blob() != 0 && blob() == other.blob() && offset() == other.offset();
        }
    }
}
