package org.valise.federation.outbox;

import org.valise.platform.telemetry.Metrics;

import java.util.Collection;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What an operator sees of sending.
final class OutboxMetrics {
    private OutboxMetrics() {}

    static void watch(
            Metrics metrics, Supplier<Collection<Destination>> servers, Deliveries deliveries) {
        metrics.gauge(
                "valise_federation_servers",
                "Other servers to which this node sends",
                () -> servers.get().size());
        metrics.gauge(
                "valise_federation_servers_failing",
                "Those that did not take the last transaction",
                () -> count(servers, to -> to.failures() > 0));
        metrics.gauge(
                "valise_federation_servers_behind",
                "Those that have not got, or may not have, all that is for them",
                () -> count(servers, Destination::isBehind));
        metrics.counted(
                "valise_federation_events_sent_total",
                "Events that other servers have taken, counted for each of them",
                deliveries::sent);
        metrics.counted(
                "valise_federation_transactions_failed_total",
                "Transactions that other servers did not take",
                deliveries::failures);
    }

    private static long count(
            Supplier<Collection<Destination>> servers, Predicate<Destination> some) {
        return servers.get().stream().filter(some).count();
    }
}
