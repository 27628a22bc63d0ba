package org.valise.bench.chat;

import org.valise.protocol.json.JsonObject;

import java.util.Arrays;
import java.util.Locale;

/// Exact quantiles of all samples, in milliseconds: the smallest sample that at least that part of
/// all samples does not exceed.
public record Quantiles(int count, double p50, double p90, double p99, double max) {
    private static final double NANOS = 1e6;

    /// @param nanoseconds in any order
    public static Quantiles of(long... nanoseconds) {
        long[] sorted = nanoseconds.clone();
        Arrays.sort(sorted);
        return new Quantiles(
                sorted.length, at(sorted, 50), at(sorted, 90), at(sorted, 99), at(sorted, 100));
    }

    private static double at(long[] sorted, int percent) {
        if (sorted.length == 0) {
            return 0;
        }
        int rank = (int) (((long) sorted.length * percent + 99) / 100);
        return sorted[rank - 1] / NANOS;
    }

    public JsonObject json() {
        return JsonObject.of("count", count, "p50", p50, "p90", p90, "p99", p99, "max", max);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "p50 %.2f ms  p90 %.2f ms  p99 %.2f ms  max %.2f ms",
                p50,
                p90,
                p99,
                max);
    }
}
