package org.valise.platform.stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Database;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/// The small order of what is not kept: typing, presence. It costs no fsync, all nodes share it,
/// and nobody waits for it: what is lost is told again soon, or was not worth much.
///
/// It holds the newest value of each key. Writers [#put]; the values come back to every node, this
/// one too, in one order ([EphemeralFollower]).
public final class EphemeralOrder implements AutoCloseable {
    static final String CHANNEL = "valise_ephemeral";

    private static final Logger LOG = LoggerFactory.getLogger(EphemeralOrder.class);
    private static final int MAX_QUEUED = 50_000;
    private static final int MAX_BATCH = 2_000;
    private static final Duration PRUNE_PAUSE = Duration.ofMinutes(2);
    private static final Duration APPLIED_WITHIN = Duration.ofSeconds(2);

    private final EphemeralStore store;
    private final LinkedBlockingQueue<Put> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
    private final Map<String, EphemeralFollower> followers = new ConcurrentHashMap<>();
    private final List<LongConsumer> wakers = new CopyOnWriteArrayList<>();
    private final ReentrantLock applying = new ReentrantLock();
    private final Thread writer =
            Thread.ofPlatform().name("ephemeral").daemon().unstarted(this::write);
    private volatile String channel = "";
    private volatile long applied;
    private volatile boolean closed;

    public EphemeralOrder(Database database) {
        store = new EphemeralStore(database);
    }

    /// A value of a key, not written yet.
    ///
    /// @param keep for how long nodes that start may still want to know it
    record Value(String kind, String key, String value, Duration keep) {}

    private record Put(Value value, CountDownLatch done) {}

    /// One follower for each kind; all before the start.
    public void follow(String kind, EphemeralFollower follower) {
        followers.put(kind, follower);
    }

    /// Told when readers see a position: the moment to wake them up.
    public void whenApplied(LongConsumer waker) {
        wakers.add(waker);
    }

    /// Other nodes are told of what this one writes.
    void tellOthers() {
        channel = CHANNEL;
    }

    /// Begins with what is known.
    public void start() {
        catchUp();
        writer.start();
    }

    @Override
    public void close() {
        closed = true;
        writer.interrupt();
    }

    /// Where this node is.
    public long applied() {
        return applied;
    }

    /// Where this node is, when nothing is being applied: followers are told of all that comes
    /// after.
    public long settled() {
        applying.lock();
        try {
            return applied;
        } finally {
            applying.unlock();
        }
    }

    /// Sets a key, some time soon.
    public void put(String kind, String key, String value, Duration keep) {
        offer(new Value(kind, key, value, keep));
    }

    /// Sets a key, and returns when this node has applied it, or after two seconds.
    public void putNow(String kind, String key, String value, Duration keep) {
        CountDownLatch done = offer(new Value(kind, key, value, keep));
        try {
            if (!done.await(APPLIED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("an ephemeral value is late");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// SECURITY: when the database does not keep up, what is new is dropped, not queued for ever.
    private CountDownLatch offer(Value value) {
        CountDownLatch done = new CountDownLatch(1);
        if (closed || !queue.offer(new Put(value, done))) {
            done.countDown();
        }
        return done;
    }

    private void write() {
        long pruned = System.nanoTime();
        List<Put> batch = new ArrayList<>();
        while (!closed) {
            try {
                Put first = queue.poll(PRUNE_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, MAX_BATCH - 1);
                    put(batch);
                }
                if (System.nanoTime() - pruned > PRUNE_PAUSE.toNanos()) {
                    pruned = System.nanoTime();
                    store.prune();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                if (!closed) {
                    LOG.warn("ephemeral values are lost: {}", e.getMessage());
                }
            } finally {
                batch.forEach(put -> put.done().countDown());
                batch.clear();
            }
        }
    }

    private void put(List<Put> batch) {
        Map<String, Value> newest = new LinkedHashMap<>();
        for (Put put : batch) {
            String key = put.value().kind() + " " + put.value().key();
            newest.remove(key); // the order is that of the last ones
            newest.put(key, put.value());
        }
        store.put(newest.values(), channel);
        catchUp();
    }

    /// Reads and applies what is new.
    void catchUp() {
        applying.lock();
        try {
            List<EphemeralEntry> entries = store.after(applied);
            if (entries.isEmpty()) {
                return;
            }
            long position = entries.getLast().position();
            Map<String, List<EphemeralEntry>> kinds = new LinkedHashMap<>();
            for (EphemeralEntry entry : entries) {
                kinds.computeIfAbsent(entry.kind(), any -> new ArrayList<>()).add(entry);
            }
            kinds.forEach((kind, those) -> apply(kind, those, position));
            applied = position;
            wakers.forEach(waker -> waker.accept(position));
        } finally {
            applying.unlock();
        }
    }

    private void apply(String kind, List<EphemeralEntry> entries, long position) {
        EphemeralFollower follower = followers.get(kind);
        if (follower == null) {
            return; // of a newer release on another node
        }
        try {
            follower.apply(entries, position);
        } catch (RuntimeException e) {
            LOG.error("{} failed to follow the ephemeral order", kind, e);
        }
    }
}
