package org.valise.platform.database;

import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// Runs something whenever another node has notified a channel: for settings that every node holds
/// in memory.
///
/// A notification is a wake-up and carries nothing; a slow poll is the safety net, and every new
/// connection begins with a look.
public final class NoticeListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NoticeListener.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final Database database;
    private final String channel;
    private final Duration poll;
    private final Runnable look;
    private final Thread thread;
    private volatile boolean closed;

    /// @param channel a plain identifier
    /// @param poll how long a lost notification goes unnoticed
    public NoticeListener(Database database, String channel, Duration poll, Runnable look) {
        if (!channel.matches("[a-z_]{1,60}")) {
            throw new IllegalArgumentException("not a channel: " + channel);
        }
        this.database = database;
        this.channel = channel;
        this.poll = poll;
        this.look = look;
        this.thread = Thread.ofPlatform().name(channel).daemon().unstarted(this::listen);
    }

    public NoticeListener start() {
        thread.start();
        return this;
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void listen() {
        while (!closed) {
            try (Connection connection = database.connectAlone(channel);
                    Statement statement = connection.createStatement()) {
                statement.execute("LISTEN " + channel);
                PGConnection notifications = connection.unwrap(PGConnection.class);
                while (!closed) {
                    look.run();
                    notifications.getNotifications((int) poll.toMillis());
                }
            } catch (SQLException | RuntimeException e) {
                pauseAfter(e);
            }
        }
    }

    private void pauseAfter(Exception failure) {
        if (closed) {
            return;
        }
        LOG.warn("listening to {} was interrupted: {}", channel, failure.getMessage());
        try {
            Thread.sleep(RETRY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
