package org.valise.federation.outbox;

import org.valise.federation.outbox.Destination.State;
import org.valise.platform.telemetry.Metrics;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/// Shows how other servers take what they are sent: by what they do, never by who they are. Of
/// several nodes, the one that sends knows of them.
record OutboxMetrics(Collection<Destination> destinations, SentCounts sent, Clock clock) {
    void register(Metrics metrics) {
        metrics.counted(
                "valise_federation_transactions_sent_total",
                "Transactions for other servers, each attempt",
                "outcome",
                sent::transactions);
        metrics.counted(
                "valise_federation_pdus_sent_total",
                "Events delivered to other servers",
                sent::pdus);
        metrics.counted(
                "valise_federation_edus_sent_total", "EDUs delivered to other servers", sent::edus);
        metrics.gauges(
                "valise_federation_destinations",
                "Other servers that are up, backing_off (failing), dead (failing for a day)",
                "state",
                this::byState);
        metrics.gauge(
                "valise_federation_destinations_behind",
                "Other servers that lack more events than are held in memory for them",
                () -> sum(to -> to.isBehind() ? 1 : 0));
        metrics.gauge(
                "valise_federation_queued_pdus",
                "Events held in memory for other servers, counted for each of them",
                () -> sum(Destination::held));
    }

    private Map<String, Integer> byState() {
        Map<String, Integer> counts = new TreeMap<>();
        for (State state : State.values()) {
            counts.put(word(state), 0);
        }
        Instant now = clock.instant();
        destinations.forEach(to -> counts.merge(word(to.state(now)), 1, Integer::sum));
        return counts;
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private long sum(ToLongFunction<Destination> value) {
        return destinations.stream().mapToLong(value).sum();
    }
}
