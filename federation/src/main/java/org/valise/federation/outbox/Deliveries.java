package org.valise.federation.outbox;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.federation.outbox.DestinationStore.Progress;
import org.valise.federation.outbox.OutgoingEduStore.StoredEdu;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.Semaphore;

/// Makes transactions for servers and sends them, one after the other to each.
final class Deliveries {
    private static final Logger LOG = LoggerFactory.getLogger(Deliveries.class);

    private static final int EDU_BYTES = 256 * 1024;

    /// What these take of [#memory].
    private static final int EDU_SHARE = 4;

    private final ServerName origin;
    private final FederationClient client;
    private final EventSource source;
    private final DestinationStore store;
    private final OutgoingEduStore edus;
    private final SentCounts counts;
    private final Clock clock;

    /// Sending must leave connections to the database to people.
    private final Semaphore queries = new Semaphore(2);

    /// What is being sent at once, in units of 64 KiB, the largest event: 256 MiB at worst.
    private final Semaphore memory = new Semaphore(4096);

    Deliveries(
            ServerName origin,
            FederationClient client,
            EventSource source,
            DestinationStore store,
            OutgoingEduStore edus,
            SentCounts counts,
            Clock clock) {
        this.origin = origin;
        this.client = client;
        this.source = source;
        this.store = store;
        this.edus = edus;
        this.counts = counts;
        this.clock = clock;
    }

    /// What came of an attempt.
    sealed interface Outcome {
        /// The server has all that there was for it.
        record Nothing() implements Outcome {}

        /// It has it, and there may be more.
        record Delivered() implements Outcome {}

        record Failed(String reason) implements Outcome {}

        /// It may not federate with this server, or is where requests may not go to.
        record NotAllowed(String reason) implements Outcome {}
    }

    /// Sends the next transaction to a server.
    Outcome next(Destination to) throws InterruptedException {
        // A server that does not answer is asked with little, until it does.
        boolean single = to.failures() > 0 || to.isCareful();
        if (!to.isKnown()) {
            to.begin(asked(() -> progress(to.server)));
        }
        List<OutgoingEvent> events =
                asked(() -> to.next(single ? 1 : Transaction.MOST_PDUS, source));
        int share = events.size() + EDU_SHARE;
        memory.acquire(share);
        try {
            Transaction transaction = assemble(to, events, single);
            if (transaction.isEmpty()) {
                to.delivered(events);
                if (!events.isEmpty()) {
                    return new Outcome.Delivered();
                }
                to.careful(false);
                if (!to.takeGreeting()) {
                    return new Outcome.Nothing();
                }
            }
            return send(to, transaction);
        } finally {
            memory.release(share);
        }
    }

    private Progress progress(ServerName server) {
        return store.find(server)
                .orElseGet(() -> new Progress(server, source.beforeFirst(server), 0, null, null));
    }

    private Transaction assemble(Destination to, List<OutgoingEvent> events, boolean single)
            throws InterruptedException {
        List<JsonObject> pdus =
                events.isEmpty() ? List.of() : asked(() -> source.contents(to.server, events));
        if (single && !pdus.isEmpty()) {
            return new Transaction(events, pdus, List.of(), List.of());
        }
        int limit = single ? 1 : Transaction.MOST_EDUS;
        List<StoredEdu> rows =
                to.takeRows() ? asked(() -> edus.oldest(to.server, limit, EDU_BYTES)) : List.of();
        return new Transaction(events, pdus, rows, to.offers.take(limit - rows.size()));
    }

    private Outcome send(Destination to, Transaction transaction) throws InterruptedException {
        JsonObject body = transaction.body(origin, clock.millis());
        String uri = "/_matrix/federation/v1/send/" + transaction.id(to.server);
        try {
            // Whether it is time is decided here, not by what other requests have met with.
            JsonObject answer = client.send(FederationRequest.put(to.server, uri, body).urgently());
            if (LOG.isDebugEnabled()) {
                LOG.debug("{} answered {}", to.server, answer.get("pdus"));
            }
        } catch (FederationException e) {
            counts.failed(e);
            return failed(to, transaction, e);
        }
        counts.delivered(transaction);
        to.answered();
        to.delivered(transaction.events());
        removeRows(to, transaction.rows());
        return new Outcome.Delivered();
    }

    private void removeRows(Destination to, List<StoredEdu> rows) throws InterruptedException {
        if (!rows.isEmpty()) {
            to.addRows(); // there may be more
            asked(() -> edus.remove(to.server, rows));
        }
    }

    private Outcome failed(Destination to, Transaction transaction, FederationException failure)
            throws InterruptedException {
        if (failure.reason() == FederationException.Reason.NOT_ALLOWED) {
            return new Outcome.NotAllowed(String.valueOf(failure.getMessage()));
        }
        boolean refused = refusesContent(failure);
        if (refused && to.isCareful()) {
            // SECURITY: one thing that a server cannot take must not keep all others from it.
            LOG.warn("left out, for it is refused: {}", failure.getMessage());
            to.delivered(transaction.events());
            removeRows(to, transaction.rows());
        } else {
            to.offers.putBack(transaction.offers());
        }
        to.careful(refused || to.isCareful());
        return new Outcome.Failed(String.valueOf(failure.getMessage()));
    }

    /// Whether it is the server itself that says so, and not a proxy before it.
    private static boolean refusesContent(FederationException failure) {
        return (failure.status() == 400 || failure.status() == 413)
                && failure.errcode().isPresent();
    }

    /// A question to the database.
    private interface Question<T> {
        T ask();
    }

    private <T> T asked(Question<T> question) throws InterruptedException {
        queries.acquire();
        try {
            return question.ask();
        } finally {
            queries.release();
        }
    }
}
