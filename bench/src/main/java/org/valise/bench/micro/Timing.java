package org.valise.bench.micro;

import java.util.Arrays;
import java.util.function.Supplier;

/// Times something short: until it is compiled first, then a few rounds, of which the median
/// counts.
final class Timing {
    private static final long WARM_UP = 500_000_000;
    private static final long ROUND = 100_000_000;
    private static final int ROUNDS = 7;
    private static final int BATCH = 16;

    private int seen;

    /// @param work gives what it made, so that it cannot be left out
    Figure time(String what, Supplier<?> work) {
        round(WARM_UP, work);
        double[] nanoseconds = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            nanoseconds[i] = round(ROUND, work);
        }
        Arrays.sort(nanoseconds);
        return new Figure(what, nanoseconds[ROUNDS / 2], "ns");
    }

    private double round(long length, Supplier<?> work) {
        long begin = System.nanoTime();
        long times = 0;
        long took;
        do {
            for (int i = 0; i < BATCH; i++) {
                seen += System.identityHashCode(work.get()) & 1;
            }
            times += BATCH;
            took = System.nanoTime() - begin;
        } while (took < length);
        return (double) took / times;
    }

    /// Something that depends on all results.
    int seen() {
        return seen;
    }
}
