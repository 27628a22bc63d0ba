package org.valise.platform.database;

import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/// Something that one of all nodes over a database does: the one that holds the advisory lock of
/// its name. When that node stops or loses its connection, another one takes over.
///
/// A node that was cut off may notice it late, so for a moment two may do it: what is done twice
/// must do no harm.
public final class SoleDuty implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SoleDuty.class);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_CLOSING = Duration.ofSeconds(5);

    private static final String TRY_LOCK =
            "SELECT pg_try_advisory_lock(hashtextextended('valise ' || ?, 0))";
    private static final String NOTIFY = "SELECT pg_notify(?, '')";

    private final Database database;
    private final String name;
    private final Duration poll;
    private final Duty duty;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean mine;
    private volatile @Nullable Connection connection;

    /// What is to be done. Called by one thread.
    public interface Duty {
        /// It is this node's from now on.
        default void begin() {}

        /// There may be something new: called after [#begin], whenever a node calls
        /// [SoleDuty#wake], and at every poll. It should not take long.
        void look();

        /// It may be another node's from now on; also called when this node stops.
        default void end() {}
    }

    /// @param name a plain identifier; also the channel of its wake-ups
    /// @param poll how long a lost wake-up goes unnoticed
    public SoleDuty(Database database, String name, Duration poll, Duty duty) {
        if (!name.matches("[a-z_]{1,60}")) {
            throw new IllegalArgumentException("not a plain identifier: " + name);
        }
        this.database = database;
        this.name = name;
        this.poll = poll;
        this.duty = duty;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    public SoleDuty start() {
        thread.start();
        return this;
    }

    /// Whether it is this node's, as far as it knows.
    public boolean isMine() {
        return mine;
    }

    /// Has the node whose duty it is look, once the transaction is committed.
    public void wake(Tx tx) {
        wake(tx, name);
    }

    /// The same for whoever knows the duty only by its name.
    public static void wake(Tx tx, String name) {
        tx.query(NOTIFY, row -> true, name);
    }

    /// Gives the duty up; another node can have it when this returns.
    @Override
    public void close() {
        closed = true;
        Connection used = connection;
        try {
            if (used != null) {
                used.abort(Runnable::run);
            }
            if (thread.isAlive()) {
                thread.interrupt();
                thread.join(LONGEST_CLOSING);
            }
        } catch (SQLException e) {
            LOG.debug("{}: the connection was closed already", name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try (Connection own = database.connectAlone(name)) {
                connection = own;
                if (lock(own)) {
                    perform(own);
                } else {
                    pause();
                }
            } catch (SQLException | RuntimeException e) {
                if (!closed) {
                    LOG.warn("{} was interrupted: {}", name, e.getMessage());
                    pause();
                }
            }
        }
    }

    private boolean lock(Connection own) throws SQLException {
        while (!closed) {
            try (PreparedStatement attempt = own.prepareStatement(TRY_LOCK)) {
                attempt.setString(1, name);
                try (ResultSet row = attempt.executeQuery()) {
                    if (row.next() && row.getBoolean(1)) {
                        return true;
                    }
                }
            }
            pause();
        }
        return false;
    }

    private void perform(Connection own) throws SQLException {
        try (Statement statement = own.createStatement()) {
            statement.execute("LISTEN " + name);
        }
        PGConnection notifications = own.unwrap(PGConnection.class);
        mine = true;
        try {
            duty.begin();
            while (!closed) {
                duty.look();
                notifications.getNotifications((int) poll.toMillis());
            }
        } finally {
            mine = false;
            duty.end();
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
