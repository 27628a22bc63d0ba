package org.valise.federation.outbox;

import org.valise.federation.client.FederationException;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts what was sent to other servers, by what became of it.
final class SentCounts {
    private final Map<Outcome, LongAdder> transactions = new EnumMap<>(Outcome.class);
    private final LongAdder pdus = new LongAdder();
    private final LongAdder edus = new LongAdder();

    private enum Outcome {
        DELIVERED,
        /// The server answered with an error.
        REFUSED,
        UNREACHABLE,
        /// It may not federate, or is where requests may not go to.
        NOT_ALLOWED
    }

    SentCounts() {
        for (Outcome outcome : Outcome.values()) {
            transactions.put(outcome, new LongAdder());
        }
    }

    private void count(Outcome outcome) {
        Objects.requireNonNull(transactions.get(outcome)).increment();
    }

    void delivered(Transaction transaction) {
        count(Outcome.DELIVERED);
        pdus.add(transaction.pdus().size());
        edus.add(transaction.rows().size() + transaction.offers().size());
    }

    void failed(FederationException failure) {
        count(
                switch (failure.reason()) {
                    case NOT_ALLOWED -> Outcome.NOT_ALLOWED;
                    case RESTING, UNREACHABLE -> Outcome.UNREACHABLE;
                    case UNUSABLE, REFUSED -> Outcome.REFUSED;
                });
    }

    /// Attempts by outcome.
    Map<String, Long> transactions() {
        Map<String, Long> counts = new TreeMap<>();
        transactions.forEach((outcome, count) ->
                counts.put(outcome.name().toLowerCase(Locale.ROOT), count.sum()));
        return counts;
    }

    long pdus() {
        return pdus.sum();
    }

    long edus() {
        return edus.sum();
    }
}
