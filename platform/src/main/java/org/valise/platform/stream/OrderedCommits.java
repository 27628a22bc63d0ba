package org.valise.platform.stream;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;

/// Writes everything that is queued, from all rooms, in one transaction: at once when it is free,
/// with no timer. While one batch is being written, the next one gathers.
public final class OrderedCommits implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OrderedCommits.class);
    private static final int MAX_ROWS = 2_000;
    private static final int MAX_REPEATS = 5;
    private static final Duration OUTCOME_PAUSE = Duration.ofMillis(200);

    /// Of this server's own: nothing that a repetition would mend.
    private static final String LOST = "VL001";

    private static final String OUTCOME =
            "SELECT position FROM stream.commit WHERE batch = ?::uuid";
    private static final String END_BACKEND = "SELECT pg_terminate_backend(?, 5000)";

    private final Database database;
    private final Stream stream;
    private final Continuity continuity = new Continuity();
    private final LinkedBlockingQueue<OrderedUnit> queue = new LinkedBlockingQueue<>();
    private final Thread committer;
    private volatile boolean closed;

    public OrderedCommits(Database database, Stream stream) {
        this.database = database;
        this.stream = stream;
        committer = Thread.ofPlatform().name("committer").daemon().unstarted(this::work);
    }

    public void start() {
        committer.start();
    }

    /// Queues a unit; its methods tell what became of it. Units of one group are written in the
    /// order they were submitted.
    public void submit(OrderedUnit unit) {
        if (closed) {
            unit.failed(new SQLException("the server is shutting down", "57P01"));
            return;
        }
        queue.add(unit);
    }

    /// Writes what was accepted, then ends.
    @Override
    public void close() {
        closed = true;
        queue.add(End.MARK);
        try {
            committer.join(Duration.ofSeconds(20));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        @Nullable OrderedUnit carried = null;
        while (true) {
            List<OrderedUnit> units = new ArrayList<>();
            try {
                OrderedUnit next = carried != null ? carried : queue.take();
                carried = null;
                int rows = 0;
                while (next != null && next != End.MARK && rows + next.rows() <= MAX_ROWS
                        || next != null && next != End.MARK && units.isEmpty()) {
                    units.add(next);
                    rows += next.rows();
                    next = queue.poll();
                }
                carried = next;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            if (!units.isEmpty()) {
                commitOrFail(units);
            }
            if (carried == End.MARK) {
                return;
            }
        }
    }

    private void commitOrFail(List<OrderedUnit> units) {
        try {
            commit(units);
        } catch (RuntimeException e) {
            LOG.error("an ordered commit failed unexpectedly", e);
            for (OrderedUnit unit : units) {
                unit.failed(new SQLException("unexpected failure", e));
            }
        }
    }

    /// Writes the units; where one of them is refused, the groups apart, and of the bad group each
    /// unit alone, until the bad one is found.
    private void commit(List<OrderedUnit> units) {
        List<OrderedUnit> live = withoutStale(units);
        if (live.isEmpty()) {
            return;
        }
        SQLException refusal = attempt(live);
        if (refusal == null) {
            return;
        }
        if (live.size() == 1) {
            live.getFirst().failed(refusal);
            return;
        }
        Map<Object, List<OrderedUnit>> groups = new LinkedHashMap<>();
        for (OrderedUnit unit : live) {
            groups.computeIfAbsent(unit.group(), any -> new ArrayList<>()).add(unit);
        }
        if (groups.size() > 1) {
            groups.values().forEach(this::commit);
        } else {
            live.forEach(unit -> commit(List.of(unit)));
        }
    }

    private static List<OrderedUnit> withoutStale(List<OrderedUnit> units) {
        List<OrderedUnit> live = new ArrayList<>(units.size());
        for (OrderedUnit unit : units) {
            if (unit.stale()) {
                unit.failed(new StaleUnitException());
            } else {
                live.add(unit);
            }
        }
        return live;
    }

    /// @return the refusal if the batch was not written and repeating it would not help
    private @Nullable SQLException attempt(List<OrderedUnit> units) {
        for (int repeat = 0; ; repeat++) {
            CommitBatch batch = new CommitBatch(UUID.randomUUID());
            int[] backend = {0};
            try {
                for (OrderedUnit unit : units) {
                    unit.write(batch);
                }
                long base =
                        database.read(tx -> {
                            Connection connection = tx.connection();
                            PGConnection physical = connection.unwrap(PGConnection.class);
                            backend[0] = physical.getBackendPID();
                            if (!continuity.holds(tx, physical, stream.applied())) {
                                stream.lost();
                                throw new SQLException("the database has lost commits", LOST);
                            }
                            return batch.run(connection);
                        });
                publish(units, base, batch);
                return null;
            } catch (RuntimeException failure) {
                SQLException cause = sqlCause(failure);
                if (Outcome.isUnknown(cause)) {
                    Optional<Long> committed = outcome(batch.id(), backend[0], cause);
                    if (committed.isPresent()) {
                        publish(units, committed.get() - batch.positions(), batch);
                        return null;
                    }
                } else if (!Outcome.isTransient(cause) || repeat >= MAX_REPEATS) {
                    return cause;
                }
                if (repeat >= MAX_REPEATS) {
                    return cause;
                }
            }
        }
    }

    private void publish(List<OrderedUnit> units, long base, CommitBatch batch) {
        List<Change> changes = new ArrayList<>();
        for (OrderedUnit unit : units) {
            changes.addAll(unit.committed(base));
        }
        stream.publish(
                base, base + batch.positions(), changes, () -> units.forEach(OrderedUnit::applied));
        batch.published();
    }

    private static SQLException sqlCause(RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        throw failure;
    }

    /// Whether a batch whose connection broke during COMMIT took place. Nothing else is written
    /// until that is known: a blind repetition could write it twice.
    private Optional<Long> outcome(UUID batch, int backend, SQLException broken) {
        LOG.warn("lost the connection during a commit, looking it up: {}", broken.getMessage());
        for (int attempt = 0; ; attempt++) {
            try {
                return database.read(tx -> {
                    if (backend != 0) {
                        // The old backend may still be at it: it must be gone first.
                        tx.query(END_BACKEND, row -> row.getBoolean(1), backend);
                    }
                    return tx.one(OUTCOME, row -> row.getLong(1), batch.toString());
                });
            } catch (RuntimeException e) {
                if (attempt % 25 == 0) {
                    LOG.warn("the database does not answer, trying again: {}", e.getMessage());
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(OUTCOME_PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a commit's outcome is unknown", e);
        }
    }

    /// What an error says about the transaction.
    private static final class Outcome {
        /// The connection broke, or the server went away: the commit may have taken place.
        static boolean isUnknown(SQLException cause) {
            String state = cause.getSQLState();
            return state == null
                    || state.startsWith("08")
                    || state.startsWith("57P")
                    || state.startsWith("XX")
                    || state.startsWith("58");
        }

        /// Serialization failures, deadlocks, lock and statement timeouts, lack of resources.
        static boolean isTransient(SQLException cause) {
            String state = cause.getSQLState();
            return state.startsWith("40")
                    || state.startsWith("53")
                    || state.equals("55P03")
                    || state.equals("57014");
        }
    }

    /// Ends the committer's work.
    private enum End implements OrderedUnit {
        MARK;

        @Override
        public int rows() {
            return 0;
        }

        @Override
        public void write(CommitBatch batch) {}

        @Override
        public List<Change> committed(long base) {
            return List.of();
        }

        @Override
        public void applied() {}

        @Override
        public void failed(SQLException cause) {}
    }
}
