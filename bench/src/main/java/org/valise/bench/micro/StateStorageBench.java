package org.valise.bench.micro;

import org.valise.rooms.state.StateNodes;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.testing.TestDatabase;

import java.util.List;
import java.util.SplittableRandom;

/// What a membership change adds to the stored state of a large room.
public final class StateStorageBench {
    private static final int MEMBERS = 50_000;
    private static final int CHANGES = 2_000;
    private static final long CACHE = 1 << 20;

    private StateStorageBench() {}

    public static List<Figure> run() {
        try (TestDatabase empty = TestDatabase.create()) {
            // Everything is in memory: the store is there, but nothing is read from it.
            return run(new StateStore(empty.database(), CACHE));
        }
    }

    private static List<Figure> run(StateNodes nodes) {
        long blob = 1;
        StateSnapshot snapshot = StateSnapshot.EMPTY;
        for (int member = 0; member < MEMBERS; member++) {
            snapshot = snapshot.with(keyOf(member), member + 1, nodes);
        }
        StateSnapshot.Stored whole = snapshot.stored(blob++);
        snapshot = whole.snapshot();
        SplittableRandom random = new SplittableRandom(1);
        long bytes = 0;
        long most = 0;
        long begin = System.nanoTime();
        for (int change = 0; change < CHANGES; change++) {
            StateSnapshot.Stored stored =
                    snapshot.with(keyOf(random.nextInt(MEMBERS)), MEMBERS + 1 + change, nodes)
                            .stored(blob++);
            snapshot = stored.snapshot();
            bytes += stored.bytes().length;
            most = Math.max(most, stored.bytes().length);
        }
        double nanoseconds = (double) (System.nanoTime() - begin) / CHANGES;
        String what = "state of a room with 50,000 members: ";
        return List.of(
                new Figure(what + "stored once", whole.bytes().length / 1024.0, "KiB"),
                new Figure(what + "a membership change adds", (double) bytes / CHANGES, "bytes"),
                new Figure(what + "a membership change adds at most", most, "bytes"),
                new Figure(what + "a membership change takes", nanoseconds, "ns"));
    }

    /// The lowest bit says that it is a member.
    private static long keyOf(int member) {
        return member * 2L + 1;
    }
}
