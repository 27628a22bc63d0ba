package org.valise.rooms.state;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Nodes that live ones refer to, in blobs that are still to be looked at.
final class LiveNodes {
    private final Map<Long, Set<Integer>> offsets = new HashMap<>();

    void add(long blob, int offset) {
        offsets.computeIfAbsent(blob, any -> new HashSet<>()).add(offset);
    }

    /// The live nodes of a blob, which is not asked for again.
    Set<Integer> take(long blob) {
        Set<Integer> found = offsets.remove(blob);
        return found == null ? Set.of() : found;
    }

    byte[] toBytes() {
        int count = offsets.values().stream().mapToInt(Set::size).sum();
        ByteBuffer bytes = ByteBuffer.allocate(count * (Long.BYTES + Integer.BYTES));
        offsets.forEach((blob, all) -> all.forEach(offset -> bytes.putLong(blob).putInt(offset)));
        return bytes.array();
    }

    static LiveNodes of(byte[] stored) {
        LiveNodes nodes = new LiveNodes();
        for (ByteBuffer bytes = ByteBuffer.wrap(stored); bytes.hasRemaining(); ) {
            nodes.add(bytes.getLong(), bytes.getInt());
        }
        return nodes;
    }
}
