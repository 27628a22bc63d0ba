package org.valise.accounts.sessions;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Database;
import org.valise.platform.database.DatabaseException;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/// When and from where a session was last used, roughly: one note a session in ten minutes, written
/// for all sessions together.
final class LastSeen {
    private static final Logger log = LoggerFactory.getLogger(LastSeen.class);
    private static final Duration GRAIN = Duration.ofMinutes(10);
    private static final Duration WRITE_EVERY = Duration.ofSeconds(30);
    private static final int REMEMBERED = 200_000;
    private static final int LONGEST_AGENT = 256;

    record Sighting(long session, Instant at, String ip, String agent) {}

    private final Database database;
    private final SessionStore store;
    private final Clock clock;
    private final Cache<Long, Boolean> noted =
            Caffeine.newBuilder().expireAfterWrite(GRAIN).maximumSize(REMEMBERED).build();
    private final Map<Long, Sighting> pending = new ConcurrentHashMap<>();
    private final AtomicReference<Instant> written;

    LastSeen(Database database, SessionStore store, Clock clock) {
        this.database = database;
        this.store = store;
        this.clock = clock;
        this.written = new AtomicReference<>(clock.instant());
    }

    /// No worker of its own: the request that finds the time ripe has written what all have left,
    /// without waiting for it.
    void seen(long session, String ip, String agent) {
        if (noted.getIfPresent(session) == null) {
            noted.put(session, true);
            pending.put(session, new Sighting(session, clock.instant(), ip, shortened(agent)));
        }
        Instant last = written.get();
        Instant now = clock.instant();
        if (!pending.isEmpty()
                && last.plus(WRITE_EVERY).isBefore(now)
                && written.compareAndSet(last, now)) {
            Thread.startVirtualThread(this::flush);
        }
    }

    private static String shortened(String agent) {
        String fitting =
                agent.length() <= LONGEST_AGENT ? agent : agent.substring(0, LONGEST_AGENT);
        return fitting.replace("\0", "");
    }

    /// Writes what is pending: also called when the server stops.
    void flush() {
        var batch = new ArrayList<Sighting>();
        for (Long session : pending.keySet()) {
            Sighting sighting = pending.remove(session);
            if (sighting != null) {
                batch.add(sighting);
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        try {
            database.transaction(tx -> store.saw(tx, batch));
        } catch (DatabaseException e) {
            log.warn("could not note when {} sessions were last seen", batch.size(), e);
        }
    }
}
