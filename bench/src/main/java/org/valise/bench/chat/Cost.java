package org.valise.bench.chat;

import org.valise.bench.machine.Usage;
import org.valise.protocol.json.JsonObject;

import java.time.Duration;
import java.util.Locale;

/// What one group of processes spent from the first send to the last delivery.
///
/// @param cores how many cores it kept busy
/// @param pssBefore proportional memory in bytes before the load, `pssAfter` after it
public record Cost(
        String name,
        double msPerEvent,
        double msPerDelivery,
        double cores,
        long pssBefore,
        long pssAfter) {
    private static final double MIB = 1 << 20;

    static Cost between(Usage before, Usage after, Duration wall, long events, long deliveries) {
        double ms = after.cpu().minus(before.cpu()).toNanos() / 1e6;
        return new Cost(
                before.name(),
                ms / Math.max(events, 1),
                ms / Math.max(deliveries, 1),
                ms / Math.max(wall.toMillis(), 1),
                before.pss(),
                after.pss());
    }

    JsonObject json() {
        return JsonObject.of(
                "name",
                name,
                "cpu_ms_per_event",
                msPerEvent,
                "cpu_ms_per_delivery",
                msPerDelivery,
                "cores",
                cores,
                "pss_bytes_before",
                pssBefore,
                "pss_bytes_after",
                pssAfter);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%-12s %7.3f ms CPU an event  %7.4f ms a delivery  %.2f cores  PSS %.0f → %.0f MiB",
                name,
                msPerEvent,
                msPerDelivery,
                cores,
                pssBefore / MIB,
                pssAfter / MIB);
    }
}
