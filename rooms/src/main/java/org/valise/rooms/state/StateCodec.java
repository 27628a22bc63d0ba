package org.valise.rooms.state;

import org.valise.rooms.state.StateNode.Branch;
import org.valise.rooms.state.StateNode.Child;
import org.valise.rooms.state.StateNode.Leaf;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The bytes of the new nodes of one snapshot.
///
/// ```text
/// blob   = format(1) root(members) root(rest) node*
/// root   = blobs-back, offset          (varints; blobs-back 0 is this blob)
/// node   = 0 size hash(16) (key delta, event zigzag delta)*
///        | 1 size hash(16) bitmap(2) (blobs-back, offset)*
/// ```
///
/// Offsets count from the first node. Children come before their parent, so a node only refers
/// back.
final class StateCodec {
    private static final byte FORMAT = 1;
    private static final byte LEAF = 0;
    private static final byte BRANCH = 1;
    private static final int HASH_BYTES = 16;

    private StateCodec() {}

    /// Encodes what is not stored yet below the two roots, and notes in each node where it now is.
    static byte[] encode(long blob, StateTrie members, StateTrie rest) {
        Output nodes = new Output(512);
        write(members.root(), blob, nodes);
        write(rest.root(), blob, nodes);
        Output whole = new Output(nodes.length + 24);
        whole.put(FORMAT);
        root(members.root(), blob, whole);
        root(rest.root(), blob, whole);
        whole.put(nodes.bytes, nodes.length);
        return whole.toBytes();
    }

    /// The empty root is shared by all tries and stored nowhere: blob 0 stands for it.
    private static void root(StateNode root, long blob, Output out) {
        if (root.size() == 0) {
            reference(0, 0, blob, out);
        } else {
            reference(root.blob(), root.offset(), blob, out);
        }
    }

    private static void write(StateNode node, long blob, Output out) {
        if (node.stored() || node.size() == 0) {
            return;
        }
        switch (node) {
            case Leaf leaf -> {
                node.storedAt(blob, out.length);
                writeLeaf(leaf, out);
            }
            case Branch branch -> {
                for (Child child : branch.children) {
                    StateNode unstored = child.unstored();
                    if (unstored != null) {
                        write(unstored, blob, out);
                    }
                }
                node.storedAt(blob, out.length);
                writeBranch(branch, blob, out);
            }
        }
    }

    private static void writeLeaf(Leaf leaf, Output out) {
        out.put(LEAF);
        out.varint(leaf.size());
        out.hash(leaf.hash());
        long key = 0;
        long event = 0;
        for (int i = 0; i < leaf.keys.length; i++) {
            out.varint(leaf.keys[i] - key);
            long delta = leaf.events[i] - event;
            out.varint((delta << 1) ^ (delta >> 63));
            key = leaf.keys[i];
            event = leaf.events[i];
        }
    }

    private static void writeBranch(Branch branch, long blob, Output out) {
        out.put(BRANCH);
        out.varint(branch.size());
        out.hash(branch.hash());
        out.put((byte) (branch.bitmap >>> 8));
        out.put((byte) branch.bitmap);
        for (Child child : branch.children) {
            reference(child.blob(), child.offset(), blob, out);
        }
    }

    private static void reference(long target, int offset, long blob, Output out) {
        out.varint((blob - target << 1) ^ (blob - target >> 63));
        out.varint(offset);
    }

    static Roots roots(long blob, byte[] bytes) {
        Input in = new Input(bytes, 1);
        long membersBlob = in.reference(blob);
        int membersOffset = (int) in.varint();
        long restBlob = in.reference(blob);
        int restOffset = (int) in.varint();
        return new Roots(membersBlob, membersOffset, restBlob, restOffset);
    }

    static StateNode node(long blob, byte[] bytes, int offset) {
        if (bytes.length == 0 || bytes[0] != FORMAT) {
            throw new IllegalStateException("state blob " + blob + " has an unknown format");
        }
        Input header = new Input(bytes, 1);
        for (int i = 0; i < 4; i++) {
            header.varint();
        }
        Input in = new Input(bytes, header.at + offset);
        byte kind = in.next();
        int size = (int) in.varint();
        StateHash hash = in.hash();
        StateNode node = kind == LEAF ? readLeaf(in, size, hash) : readBranch(in, blob, size, hash);
        node.storedAt(blob, offset);
        return node;
    }

    private static Leaf readLeaf(Input in, int size, StateHash hash) {
        long[] keys = new long[size];
        long[] events = new long[size];
        long key = 0;
        long event = 0;
        for (int i = 0; i < size; i++) {
            key += in.varint();
            event += in.zigzag();
            keys[i] = key;
            events[i] = event;
        }
        return new Leaf(keys, events, hash);
    }

    private static Branch readBranch(Input in, long blob, int size, StateHash hash) {
        int bitmap = (in.next() & 0xff) << 8 | in.next() & 0xff;
        Child[] children = new Child[Integer.bitCount(bitmap)];
        for (int i = 0; i < children.length; i++) {
            long target = in.reference(blob);
            children[i] = new Child(target, (int) in.varint());
        }
        return new Branch(bitmap, children, size, hash);
    }

    /// Where the two roots of a snapshot are.
    record Roots(long membersBlob, int membersOffset, long restBlob, int restOffset) {}

    private static final class Output {
        byte[] bytes;
        int length;

        Output(int capacity) {
            bytes = new byte[capacity];
        }

        void put(byte value) {
            room(1);
            bytes[length++] = value;
        }

        void put(byte[] values, int count) {
            room(count);
            System.arraycopy(values, 0, bytes, length, count);
            length += count;
        }

        void varint(long value) {
            room(10);
            long rest = value;
            while ((rest & ~0x7fL) != 0) {
                bytes[length++] = (byte) (rest | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
        }

        void hash(StateHash hash) {
            room(HASH_BYTES);
            ByteBuffer.wrap(bytes, length, HASH_BYTES).putLong(hash.high()).putLong(hash.low());
            length += HASH_BYTES;
        }

        private void room(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
            }
        }

        byte[] toBytes() {
            return Arrays.copyOf(bytes, length);
        }
    }

    private static final class Input {
        private final byte[] bytes;
        int at;

        Input(byte[] bytes, int at) {
            this.bytes = bytes;
            this.at = at;
        }

        byte next() {
            return bytes[at++];
        }

        long varint() {
            long value = 0;
            int shift = 0;
            byte part;
            do {
                part = bytes[at++];
                value |= (long) (part & 0x7f) << shift;
                shift += 7;
            } while (part < 0);
            return value;
        }

        long zigzag() {
            long value = varint();
            return (value >>> 1) ^ -(value & 1);
        }

        long reference(long blob) {
            return blob - zigzag();
        }

        StateHash hash() {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, at, HASH_BYTES);
            at += HASH_BYTES;
            return new StateHash(buffer.getLong(), buffer.getLong());
        }
    }
}
