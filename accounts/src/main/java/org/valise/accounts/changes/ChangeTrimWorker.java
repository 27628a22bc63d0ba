package org.valise.accounts.changes;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Database;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/// Deletes what every durable follower of the log of changes has passed.
///
/// What is younger than a day stays in any case: a node that was held up reads there what it lacks,
/// above all which sessions are revoked.
public final class ChangeTrimWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChangeTrimWorker.class);
    private static final Duration PAUSE = Duration.ofHours(1);
    private static final Duration KEPT = Duration.ofDays(1);
    private static final int BATCH = 5_000;

    private final Database database;
    private final Clock clock;
    private final List<LongSupplier> followers;
    private final ChangeStore store = new ChangeStore();
    private final Thread worker = Thread.ofVirtual().name("change-trim").unstarted(this::work);

    /// @param followers each says the position up to which it needs nothing any more
    public ChangeTrimWorker(Database database, Clock clock, List<LongSupplier> followers) {
        this.database = database;
        this.clock = clock;
        this.followers = List.copyOf(followers);
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
                try {
                    trim();
                } catch (RuntimeException e) {
                    LOG.warn("trimming failed, trying again later: {}", e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Deletes what is there to be deleted now, a bounded number of rows a transaction.
    public void trim() {
        long passed =
                followers.stream().mapToLong(LongSupplier::getAsLong).min().orElse(Long.MAX_VALUE);
        int deleted;
        do {
            deleted =
                    database.read(tx -> store.trim(tx, passed, clock.instant().minus(KEPT), BATCH));
        } while (deleted == BATCH);
    }
}
