package org.valise.bench.chat;

import java.util.Arrays;

/// Durations in nanoseconds, all of them. For one thread at a time.
final class Samples {
    private long[] values = new long[1024];
    private int count;

    void add(long nanoseconds) {
        if (count == values.length) {
            values = Arrays.copyOf(values, count * 2);
        }
        values[count++] = nanoseconds;
    }

    Quantiles quantiles() {
        return Quantiles.of(Arrays.copyOf(values, count));
    }
}
