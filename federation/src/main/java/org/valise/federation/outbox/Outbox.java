package org.valise.federation.outbox;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.client.FederationClient;
import org.valise.federation.outbox.Deliveries.Outcome;
import org.valise.federation.outbox.DestinationStore.Progress;
import org.valise.federation.peers.Peers;
import org.valise.platform.database.Database;
import org.valise.platform.database.DatabaseException;
import org.valise.platform.database.SoleDuty;
import org.valise.platform.stream.CommitBatch;
import org.valise.platform.telemetry.Metrics;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Sends to other servers what they are to have from this one: through any outage, in order, and on
/// one node of several.
///
/// Whoever writes an event into a room calls [#add] with the servers that it concerns; that is a
/// hint, and costs nothing: what was missed is found again, for the rooms know what a server lacks.
public final class Outbox implements OutgoingEdus, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    /// How often positions are written; how often other nodes try to take over.
    private static final Duration BEAT = Duration.ofSeconds(1);

    private static final int BEATS_UNTIL_DUE = 5;
    private static final int BEATS_UNTIL_LOOK = 60;
    private static final int BEATS_UNTIL_PRUNE = 600;
    private static final int DAYS_WAITED_FOR = 30;

    private static final int MOST_HEARD_OF = 1_000;
    private static final Duration VOLATILE = Duration.ofMinutes(1);

    /// SECURITY: a server that sends much but takes nothing is tried no more often.
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

    private final Peers peers;
    private final EventSource source;
    private final DestinationStore store;
    private final OutgoingEduStore edus;
    private final Deliveries deliveries;
    private final Clock clock;
    private final RandomGenerator random;

    private final Map<ServerName, Destination> destinations = new ConcurrentHashMap<>();
    private final Set<Destination> changed = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("outbox timer").daemon().factory());
    private final SoleDuty duty;
    private final String process = UUID.randomUUID().toString();
    private final AtomicLong offered = new AtomicLong();

    /// By a node that does not send, for the one that does.
    private final Set<ServerName> heardOf = ConcurrentHashMap.newKeySet();

    private volatile long handled;
    private volatile boolean leads;
    private volatile boolean closed;

    public Outbox(
            Database database,
            ServerName origin,
            Peers peers,
            FederationClient client,
            EventSource source,
            Clock clock,
            RandomGenerator random) {
        this.peers = peers;
        this.source = source;
        this.store = new DestinationStore(database);
        this.edus = new OutgoingEduStore(database);
        this.deliveries = new Deliveries(origin, client, source, store, edus, clock);
        this.clock = clock;
        this.random = random;
        this.duty = new SoleDuty(database, "outbox", BEAT, new Sending());
    }

    /// Goes on where it was when it ended. Once, when the stream has started.
    public void start() {
        duty.start();
        long beat = BEAT.toMillis();
        timer.scheduleWithFixedDelay(this::passOn, beat, beat, TimeUnit.MILLISECONDS);
    }

    /// Shows how other servers take what is sent; on the node that sends.
    public void watch(Metrics metrics) {
        OutboxMetrics.watch(metrics, () -> leads ? destinations.values() : List.of(), deliveries);
    }

    /// Whether this node is the one that sends. What is told to others is dropped.
    public boolean leads() {
        return leads;
    }

    /// Whether there is any server to send to.
    public boolean knowsAnybody() {
        return !destinations.isEmpty();
    }

    /// An event concerns these servers. Never blocks.
    public void add(Collection<ServerName> servers, OutgoingEvent event) {
        for (ServerName server : servers) {
            if (leads && peers.allows(server)) {
                Destination to = destination(server);
                to.add(event);
                wake(to);
            } else {
                // Nothing is kept for it; if it is allowed again, it catches up.
                Destination known = destinations.get(server);
                if (known != null) {
                    known.missedSome(event.position());
                }
            }
        }
    }

    /// All events up to a position have been added.
    public void addedUpTo(long position) {
        handled = position;
    }

    /// Events up to a position were not added, because there were too many.
    public void missedSome(long upTo) {
        source.servers().stream().filter(peers::allows).forEach(this::destination);
        destinations
                .values()
                .forEach(to -> {
                    to.missedSome(upTo);
                    wake(to);
                });
    }

    @Override
    public void addTo(
            CommitBatch batch, int ordinal, ServerName to, String eduType, JsonObject content) {
        if (peers.allows(to)) {
            OutgoingEduStore.insert(batch, ordinal, to, eduType, content);
            batch.afterwards(() -> rowsWereAdded(to));
        }
    }

    private void rowsWereAdded(ServerName server) {
        if (leads && peers.allows(server)) {
            Destination to = destination(server);
            to.addRows();
            wake(to);
        }
    }

    @Override
    public void offer(ServerName to, String eduType, String key, JsonObject content) {
        offer(to, eduType, key, content, VOLATILE);
    }

    @Override
    public void offer(
            ServerName to, String eduType, String key, JsonObject content, Duration keep) {
        if (leads && peers.allows(to)) {
            String number = process + offered.incrementAndGet();
            long until = System.nanoTime() + keep.toNanos();
            Destination destination = destination(to);
            destination.offers.put(new VolatileEdus.Offer(eduType, key, content, number, until));
            wake(destination);
        }
    }

    /// A server has sent something: it is worth trying again. Never blocks.
    public void isThere(ServerName server) {
        if (!leads && heardOf.size() < MOST_HEARD_OF) {
            heardOf.add(server);
        }
        Destination to = destinations.get(server);
        Instant when = to == null ? null : to.isThere(clock.instant(), BETWEEN_ATTEMPTS);
        if (to != null && when != null) {
            wakeAt(to, when);
        }
    }

    private Destination destination(ServerName server) {
        return destinations.computeIfAbsent(server, Destination::new);
    }

    private void wake(Destination to) {
        if (leads && !closed && to.wake(clock.instant())) {
            Thread.ofVirtual().name("to " + to.server).start(() -> work(to));
        }
    }

    private void wakeAt(Destination to, Instant when) {
        long millis = Math.max(0, Duration.between(clock.instant(), when).toMillis());
        if (!closed) {
            timer.schedule(() -> wake(to), millis + 1, TimeUnit.MILLISECONDS);
        }
    }

    private void work(Destination to) {
        try {
            Step step = Step.MORE;
            while (isMine(to) && (step == Step.MORE || step == Step.NOTHING && to.pause())) {
                step = goOn(to);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            if (isMine(to)) {
                LOG.warn("could not send to {}", to.server, e);
                retry(to);
            }
        }
    }

    private enum Step {
        MORE,
        NOTHING,
        STOPPED
    }

    private boolean isMine(Destination to) {
        return leads && !closed && destinations.get(to.server) == to;
    }

    private Step goOn(Destination to) throws InterruptedException {
        if (!peers.allows(to.server)) {
            to.missedSome(0);
            to.stop();
            return Step.STOPPED;
        }
        boolean wasFailing = to.failures() > 0;
        return switch (deliveries.next(to)) {
            case Outcome.Nothing() -> {
                changed.add(to); // what it has caught up with
                yield Step.NOTHING;
            }
            case Outcome.Delivered() -> {
                if (wasFailing && to.failures() == 0) {
                    LOG.info("{} answers again", to.server);
                }
                changed.add(to);
                yield Step.MORE;
            }
            case Outcome.NotAllowed(String reason) -> {
                to.missedSome(0);
                failed(to, reason);
                yield Step.STOPPED;
            }
            case Outcome.Failed(String reason) -> {
                failed(to, reason);
                yield Step.STOPPED;
            }
        };
    }

    private void failed(Destination to, String reason) {
        if (to.failures() == 0 && isMine(to)) {
            LOG.info("cannot send to {}: {}", to.server, reason);
        }
        retry(to);
    }

    private void retry(Destination to) {
        if (isMine(to)) {
            Instant when = to.failed(clock.instant(), Backoff.after(to.failures() + 1, random));
            to.stop();
            changed.add(to);
            wakeAt(to, when);
        }
    }

    /// What the node does that sends.
    private final class Sending implements SoleDuty.Duty {
        private int beats;

        @Override
        public void begin() {
            lead();
        }

        @Override
        public void look() {
            beat(++beats);
        }

        @Override
        public void end() {
            leads = false;
        }
    }

    private void lead() {
        destinations.clear();
        changed.clear();
        leads = true; // from here on, what is new is added, and what was before is found
        for (Progress progress : store.all()) {
            destination(progress.server()).begin(progress);
        }
        source.servers().forEach(server -> destination(server).greet());
        edus.servers().forEach(this::destination);
        for (Destination to : destinations.values()) {
            Instant retryAt = to.retryAt();
            if (retryAt == null) {
                wake(to);
            } else {
                wakeAt(to, retryAt);
            }
        }
    }

    private void passOn() {
        List<ServerName> these = List.copyOf(heardOf);
        if (these.isEmpty()) {
            return;
        }
        heardOf.removeAll(these);
        if (!leads && !closed) {
            try {
                store.hurry(these);
            } catch (DatabaseException e) {
                LOG.debug("{} have to wait", these, e);
            }
        }
    }

    private void beat(int number) {
        if (number % BEATS_UNTIL_DUE == 0
                && destinations.values().stream().anyMatch(to -> to.failures() > 0)) {
            store.due().forEach(this::isThere);
        }
        if (number % BEATS_UNTIL_LOOK == 0) {
            lookAround(number % BEATS_UNTIL_PRUNE == 0);
        }
        save();
        if (number % BEATS_UNTIL_PRUNE == 0) {
            source.forgetUpTo(store.slowest(DAYS_WAITED_FOR));
        }
    }

    /// Those who have become allowed again catch up.
    private void lookAround(boolean advancing) {
        long upTo = handled;
        for (Destination to : destinations.values()) {
            if (to.isBehind()) {
                wake(to);
            } else if (advancing && to.advance(upTo)) {
                changed.add(to);
            }
        }
    }

    private void save() {
        List<Destination> these = new ArrayList<>(changed);
        these.forEach(changed::remove); // what changes from here on is written the next time
        List<Progress> progress =
                these.stream().map(Destination::toSave).flatMap(Optional::stream).toList();
        if (!progress.isEmpty()) {
            store.save(progress);
        }
    }

    /// What is under way may still be delivered; the rest is left to the next start.
    @Override
    public void close() {
        closed = true;
        leads = false;
        timer.shutdownNow();
        duty.close();
    }
}
