package org.valise.rooms.state;

/// The state of a room at one moment: its members apart from everything else, so that whoever does
/// not want members never touches them.
///
/// A key's number says by its lowest bit which of the two tries it belongs to.
public final class StateSnapshot {
    public static final StateSnapshot EMPTY =
            new StateSnapshot(0, StateTrie.EMPTY, StateTrie.EMPTY);

    private final long number;
    private final StateTrie members;
    private final StateTrie rest;

    StateSnapshot(long number, StateTrie members, StateTrie rest) {
        this.number = number;
        this.members = members;
        this.rest = rest;
    }

    /// The number under which it is stored; 0 if it is not, or is the empty state.
    public long number() {
        return number;
    }

    public static boolean isMember(long key) {
        return (key & 1) == 1;
    }

    /// The number of the event that is the state under this key, or 0.
    public long get(long key) {
        return (isMember(key) ? members : rest).get(key);
    }

    public StateSnapshot with(long key, long event, StateNodes nodes) {
        if (isMember(key)) {
            StateTrie changed = members.with(key, event, nodes);
            return changed == members ? this : new StateSnapshot(0, changed, rest);
        }
        StateTrie changed = rest.with(key, event, nodes);
        return changed == rest ? this : new StateSnapshot(0, members, changed);
    }

    /// This snapshot under a number of its own, and the bytes to store.
    public Stored stored(long blob) {
        byte[] bytes = StateCodec.encode(blob, members, rest);
        return new Stored(new StateSnapshot(blob, members, rest), bytes);
    }

    static StateSnapshot read(long blob, byte[] bytes, StateNodes nodes) {
        StateCodec.Roots roots = StateCodec.roots(blob, bytes);
        return new StateSnapshot(
                blob,
                trie(roots.membersBlob(), roots.membersOffset(), nodes),
                trie(roots.restBlob(), roots.restOffset(), nodes));
    }

    private static StateTrie trie(long blob, int offset, StateNodes nodes) {
        return blob == 0 ? StateTrie.EMPTY : new StateTrie(nodes.load(blob, offset), nodes);
    }

    public int memberEntries() {
        return members.size();
    }

    public int otherEntries() {
        return rest.size();
    }

    /// All membership entries, whatever the membership, in no particular order.
    public void forEachMember(Entry entry) {
        members.forEach(entry::accept);
    }

    /// What leads to all entries but the membership ones.
    StateNode otherRoot() {
        return rest.root();
    }

    /// All entries but the membership ones, in no particular order.
    public void forEachOther(Entry entry) {
        rest.forEach(entry::accept);
    }

    public void diffMembers(StateSnapshot later, Difference difference) {
        members.diff(later.members, difference::accept);
    }

    public void diffOthers(StateSnapshot later, Difference difference) {
        rest.diff(later.rest, difference::accept);
    }

    /// Whether both hold the same entries, wherever they are stored.
    public boolean sameAs(StateSnapshot other) {
        return members.equals(other.members) && rest.equals(other.rest);
    }

    /// Equal for snapshots that hold the same membership entries.
    public StateHash membersHash() {
        return members.hash();
    }

    /// Whether both hold the same membership entries.
    public boolean hasSameMembers(StateSnapshot other) {
        return members.equals(other.members);
    }

    /// A snapshot that now has a number, and its bytes.
    public record Stored(StateSnapshot snapshot, byte[] bytes) {}

    /// One entry of the state.
    @FunctionalInterface
    public interface Entry {
        void accept(long key, long event);
    }

    /// A key whose event differs between two snapshots; 0 stands for "none".
    @FunctionalInterface
    public interface Difference {
        void accept(long key, long before, long after);
    }
}
