package org.valise.rooms.lane;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Database;
import org.valise.platform.stream.Stream;
import org.valise.rooms.state.StateCollector;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;

import java.time.Duration;

/// Keeps small what every commit adds to: one row a room and commit is the fence, and only the
/// newest means anything. Collects the state of rooms of which parts were deleted.
public final class PruneWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PruneWorker.class);
    private static final Duration PAUSE = Duration.ofSeconds(60);

    /// Of a collection of states, each time: others want the database, too.
    private static final int COLLECTION_STEPS = 100;

    /// How long a client may take to repeat a request.
    private static final int TRANSACTION_HOURS = 48;

    private final Stream stream;
    private final HeadStore heads;
    private final StateCollector collector;
    private final Thread worker;

    public PruneWorker(Database database, Stream stream, Events events, StateStore states) {
        this.stream = stream;
        heads = new HeadStore(database, events, states);
        collector = new StateCollector(database);
        worker = Thread.ofVirtual().name("prune").unstarted(this::work);
    }

    public void start() {
        worker.start();
    }

    @Override
    public void close() {
        worker.interrupt();
    }

    private void work() {
        try {
            while (true) {
                Thread.sleep(PAUSE);
                prune();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void prune() {
        try {
            heads.prune(TRANSACTION_HOURS);
            stream.prune();
            for (int i = 0; i < COLLECTION_STEPS && collector.step(); i++) {
                // each step is a transaction of its own
            }
        } catch (RuntimeException e) {
            LOG.warn("pruning failed, trying again later: {}", e.getMessage());
        }
    }
}
