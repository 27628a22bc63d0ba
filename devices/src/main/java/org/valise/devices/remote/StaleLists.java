package org.valise.devices.remote;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.accounts.users.UserNumbers;
import org.valise.devices.remote.ListFetcher.Wanted;
import org.valise.devices.remote.RemoteUserStore.Due;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Fetches stale lists until that succeeds, and tells clients of what changed.
///
/// *It must resynchronise its list.* What is to be done is in the database: nothing of it is lost
/// when the server stops, and several nodes share the work.
final class StaleLists implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StaleLists.class);
    private static final int BATCH = 200;
    private static final int SERVERS_AT_ONCE = 16;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    /// How long a server that does not answer is left in peace; longer than that each of its users
    /// is, the longer the more often it failed.
    private static final Duration PAUSE = Duration.ofSeconds(5);

    /// After which a node looks whether another one left something undone.
    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    private static final Duration SHORTEST_SLEEP = Duration.ofMillis(50);
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final RemoteUserStore store;
    private final ListFetcher fetcher;
    private final Announcements announcements;
    private final UserNumbers users;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final Thread thread =
            Thread.ofVirtual().name("stale-device-lists").unstarted(this::run);
    private final Set<ServerName> back = ConcurrentHashMap.newKeySet();
    private boolean wanted;
    private volatile boolean closed;

    StaleLists(
            RemoteUserStore store,
            ListFetcher fetcher,
            Announcements announcements,
            UserNumbers users) {
        this.store = store;
        this.fetcher = fetcher;
        this.announcements = announcements;
        this.users = users;
    }

    void start() {
        thread.start();
    }

    /// There is something to do.
    void wake() {
        lock.lock();
        try {
            wanted = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// A server is there that did not answer before: what was put off is tried at once.
    void isBack(ServerName server) {
        back.add(server);
        wake();
    }

    /// Leaves the rest to the next start.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            if (thread.isAlive()) {
                thread.join(CLOSING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                for (ServerName server : back) {
                    back.remove(server);
                    store.hurry(server);
                }
                while (workOff()) {
                    LOG.debug("more device lists are to be fetched");
                }
                sleep(store.nextDue().orElse(LONGEST_SLEEP));
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!closed) {
                    LOG.warn("could not fetch device lists, trying again later", e);
                }
                wanted = false;
                pause();
            }
        }
    }

    private void pause() {
        try {
            sleep(PAUSE);
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void sleep(Duration longest) throws InterruptedException {
        Duration time = longest.compareTo(LONGEST_SLEEP) < 0 ? longest : LONGEST_SLEEP;
        lock.lockInterruptibly();
        try {
            long left = Math.max(SHORTEST_SLEEP.toNanos(), time.toNanos());
            while (!wanted && left > 0) {
                left = woken.awaitNanos(left);
            }
            wanted = false;
        } finally {
            lock.unlock();
        }
    }

    /// @return whether there may be more to do at once
    private boolean workOff() {
        List<Due> due = store.takeDue(BATCH);
        List<Long> untold = due.stream().filter(Due::untold).map(Due::user).toList();
        if (!untold.isEmpty()) {
            announcements.announce(untold);
        }
        List<Due> stale = due.stream().filter(Due::stale).toList();
        if (stale.isEmpty()) {
            return due.size() == BATCH;
        }
        Map<Long, UserId> names = users.users(stale.stream().map(Due::user).toList());
        Map<ServerName, List<Wanted>> byServer = new HashMap<>();
        for (Due each : stale) {
            UserId user = Objects.requireNonNull(names.get(each.user()));
            byServer.computeIfAbsent(user.server(), any -> new ArrayList<>())
                    .add(new Wanted(user, each.user(), each.mark()));
        }
        AtOnce.forEach(
                byServer.keySet(),
                SERVERS_AT_ONCE,
                server -> {
                    List<Wanted> ofServer = Objects.requireNonNull(byServer.get(server));
                    if (!fetcher.fetch(server, ofServer, List.of(), TIMEOUT).reached()) {
                        store.postpone(server, PAUSE);
                    }
                });
        return true; // what was fetched is to be told
    }
}
