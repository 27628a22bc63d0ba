package org.valise.rooms.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.platform.database.Database;
import org.valise.platform.stream.BulkInsert;
import org.valise.platform.stream.BulkInsert.Column;
import org.valise.platform.stream.BulkInsert.Phase;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The table of state blobs, and the way from a snapshot's number to the snapshot.
public final class StateStore implements StateNodes {
    private static final int MAX_SNAPSHOTS = 4_000;

    /// What lies further down is read when it is needed.
    private static final int MAX_WARMED_NODES = 20_000;

    private static final String BYTES = "SELECT bytes FROM rooms.state_blob WHERE number = ?";

    private static final String MANY_BYTES =
            "SELECT number, bytes FROM rooms.state_blob WHERE number = ANY(?)";

    /// Row: number, room, bytes.
    public static final BulkInsert INSERT =
            new BulkInsert(
                    "state blob",
                    Phase.ORDERED,
                    false,
                    """
                    INSERT INTO rooms.state_blob (number, room, bytes, position)
                    SELECT number, room, bytes, (SELECT stream.last_position())
                    FROM unnest(?, ?, ?) AS row (number, room, bytes)
                    """,
                    List.of(Column.LONG, Column.LONG, Column.BYTES));

    private final Database database;
    private final Cache<Long, byte[]> blobs;
    private final Cache<Long, StateSnapshot> snapshots =
            Caffeine.newBuilder().maximumSize(MAX_SNAPSHOTS).build();

    /// @param cacheBytes about how many bytes of blobs to keep in memory
    public StateStore(Database database, long cacheBytes) {
        this.database = database;
        this.blobs =
                Caffeine.newBuilder()
                        .maximumWeight(cacheBytes)
                        .weigher((Long number, byte[] bytes) -> bytes.length + 100)
                        .build();
    }

    /// @param number as [StateSnapshot#number()] said; 0 is the empty state
    public StateSnapshot snapshot(long number) {
        if (number == 0) {
            return StateSnapshot.EMPTY;
        }
        StateSnapshot known = snapshots.getIfPresent(number);
        if (known == null) {
            known = StateSnapshot.read(number, blob(number), this);
            snapshots.put(number, known);
        }
        return known;
    }

    /// The snapshots under these numbers, in at most two queries where their states are small.
    public Map<Long, StateSnapshot> snapshots(Collection<Long> numbers) {
        List<Long> unknown =
                numbers.stream()
                        .filter(number -> number != 0 && snapshots.getIfPresent(number) == null)
                        .distinct()
                        .toList();
        fetch(unknown);
        Set<Long> roots = new HashSet<>();
        for (long number : unknown) {
            StateCodec.Roots read = StateCodec.roots(number, blob(number));
            roots.add(read.membersBlob());
            roots.add(read.restBlob());
        }
        roots.remove(0L);
        fetch(roots);
        Map<Long, StateSnapshot> found = new HashMap<>();
        numbers.forEach(number -> found.put(number, snapshot(number)));
        return found;
    }

    /// Takes into memory what these states have besides members: a query for each level of the
    /// deepest of them, however many there are.
    public void warmOthers(Collection<Long> numbers) {
        List<StateNode> level =
                snapshots(numbers).values().stream().map(StateSnapshot::otherRoot).toList();
        int nodes = 0;
        while (!level.isEmpty() && nodes < MAX_WARMED_NODES) {
            List<StateNode.Child> next =
                    level.stream()
                            .filter(StateNode.Branch.class::isInstance)
                            .flatMap(node -> Arrays.stream(((StateNode.Branch) node).children))
                            .limit(MAX_WARMED_NODES)
                            .toList();
            Set<Long> stored = new HashSet<>();
            next.forEach(child -> stored.add(child.blob()));
            stored.remove(0L);
            fetch(stored);
            level = next.stream().map(child -> child.load(this)).toList();
            nodes += level.size();
        }
    }

    private void fetch(Collection<Long> wanted) {
        List<Long> unknown =
                wanted.stream().filter(number -> blobs.getIfPresent(number) == null).toList();
        if (!unknown.isEmpty()) {
            load(unknown);
        }
    }

    /// Takes a committed snapshot into the cache: whoever reads its room needs it at once.
    public void remember(StateSnapshot snapshot) {
        snapshots.put(snapshot.number(), snapshot);
    }

    @Override
    public StateNode load(long blob, int offset) {
        return StateCodec.node(blob, blob(blob), offset);
    }

    /// The bytes of a blob that is in memory.
    byte @Nullable [] cached(long number) {
        return blobs.getIfPresent(number);
    }

    /// Takes blobs into memory, in one query.
    void load(Collection<Long> numbers) {
        long[] wanted = numbers.stream().mapToLong(Long::longValue).toArray();
        database.read(tx ->
                tx.query(
                        MANY_BYTES,
                        row -> {
                            blobs.put(row.getLong(1), row.getBytes(2));
                            return true;
                        },
                        wanted));
    }

    private byte[] blob(long number) {
        byte[] known = blobs.getIfPresent(number);
        if (known == null) {
            byte @Nullable [] read =
                    database.read(tx -> tx.one(BYTES, row -> row.getBytes(1), number)).orElse(null);
            if (read == null) {
                throw new IllegalStateException("there is no state blob " + number);
            }
            blobs.put(number, read);
            return read;
        }
        return known;
    }
}
