package org.valise.platform.stream;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/// Keeps this node up to date with what other nodes commit, and tells them of its own commits.
///
/// For a database that several nodes share. A notification is a wake-up and carries nothing; a slow
/// poll is the safety net. It is sent from a connection of its own after the commit, at most one at
/// a time for any number of commits: PostgreSQL takes a database-wide lock for each.
public final class StreamListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamListener.class);
    private static final String CHANNEL = "valise_stream";
    private static final int POLL_MS = 1_000;
    private static final int RETRY_MS = 500;

    /// What others commit in quick succession is read together: each reading costs some queries,
    /// and an answer to everybody who waits for it. A request that must know of it waits as long.
    private static final Duration PACE = Duration.ofMillis(15);

    private final Database database;
    private final Stream stream;
    private final EphemeralOrder ephemeral;
    private final Semaphore published = new Semaphore(0);
    private final Thread listener =
            Thread.ofPlatform().name("listener").daemon().unstarted(this::listen);
    private final Thread notifier =
            Thread.ofPlatform().name("notifier").daemon().unstarted(this::tell);
    private volatile boolean closed;

    public StreamListener(Database database, Stream stream, EphemeralOrder ephemeral) {
        this.database = database;
        this.stream = stream;
        this.ephemeral = ephemeral;
        ephemeral.tellOthers();
        stream.onPublished(published::release);
    }

    public void start() {
        listener.start();
        notifier.start();
    }

    @Override
    public void close() {
        closed = true;
        listener.interrupt();
        notifier.interrupt();
    }

    private void listen() {
        while (!closed) {
            try (Connection connection = database.connectAlone("listener");
                    Statement statement = connection.createStatement()) {
                statement.execute("LISTEN " + CHANNEL);
                statement.execute("LISTEN " + EphemeralOrder.CHANNEL);
                PGConnection notifications = connection.unwrap(PGConnection.class);
                PGNotification[] heard = {};
                while (!closed) {
                    long begun = System.nanoTime();
                    catchUp(heard);
                    heard = notifications.getNotifications(POLL_MS);
                    LockSupport.parkNanos(begun + PACE.toNanos() - System.nanoTime());
                }
            } catch (SQLException | RuntimeException e) {
                pauseAfter(e, "following other nodes");
            }
        }
    }

    /// What was told of, or everything if nothing was told for a while.
    private void catchUp(PGNotification @Nullable [] heard) {
        PGNotification[] told = heard == null ? new PGNotification[0] : heard;
        boolean isPoll = told.length == 0;
        if (isPoll || isTold(told, CHANNEL)) {
            stream.catchUp();
        }
        if (isPoll || isTold(told, EphemeralOrder.CHANNEL)) {
            ephemeral.catchUp();
        }
    }

    private static boolean isTold(PGNotification[] told, String channel) {
        return Arrays.stream(told).anyMatch(each -> each.getName().equals(channel));
    }

    private void tell() {
        while (!closed) {
            try (Connection connection = database.connectAlone("notifier");
                    Statement statement = connection.createStatement()) {
                while (!closed) {
                    published.acquire();
                    published.drainPermits();
                    statement.execute("NOTIFY " + CHANNEL);
                }
            } catch (InterruptedException e) {
                return;
            } catch (SQLException | RuntimeException e) {
                pauseAfter(e, "telling other nodes");
                published.release();
            }
        }
    }

    private void pauseAfter(Exception failure, String what) {
        if (closed) {
            return;
        }
        LOG.warn("{} was interrupted, trying again: {}", what, failure.getMessage());
        try {
            Thread.sleep(RETRY_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
