package org.valise.federation.keys;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.platform.database.Database;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Verifier;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Asks servers for their keys, checks what they say and keeps it.
///
/// SECURITY: strangers make this server ask, by requests signed in another's name or by asking it
/// as a notary. So each server is asked by one thread at a time and not again for a while, the
/// longer the more often it failed, and few are asked at once.
///
/// A request to a server that is there costs some milliseconds of cryptography here: hundreds at
/// once would keep everybody else waiting, so that they begin little by little. (Joining a room of
/// 500 servers, p99 from send to sync of other rooms: 305 ms when 32 begin together, about 35 ms
/// like this.)
final class KeyFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(KeyFetcher.class);

    private static final Duration AFTER_ANSWER = Duration.ofSeconds(10);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(20);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final int MOST_FAILURES = 9;
    private static final int AT_ONCE = 32;
    private static final int BEGINNING_AT_ONCE = 2;

    /// Who has not answered after such a time is far away or not there: waiting costs nothing.
    private static final Duration BEGINNING = Duration.ofMillis(50);

    /// Fewer are saved at once than there are connections to the database: others need some.
    private static final int SAVED_AT_ONCE = 2;

    private static final int REMEMBERED = 100_000;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private static final Executor LATER =
            CompletableFuture.delayedExecutor(
                    BEGINNING.toMillis(), TimeUnit.MILLISECONDS, Runnable::run);

    private final Database database;
    private final RemoteKeyStore store = new RemoteKeyStore();
    private final KeySource source;
    private final Verifier verifier;
    private final Clock clock;
    private final Pace one = new Pace();
    private final Pace many = new Pace();
    private final Semaphore saving = new Semaphore(SAVED_AT_ONCE);
    private final ConcurrentHashMap<ServerName, CountDownLatch> asking = new ConcurrentHashMap<>();
    private final Cache<ServerName, Attempt> attempts =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    private record Attempt(Instant nextAfter, int failures) {
        static Attempt answered(Instant now) {
            return new Attempt(now.plus(AFTER_ANSWER), 0);
        }

        static Attempt failed(@Nullable Attempt before, Instant now) {
            int failures = Math.min(MOST_FAILURES, before == null ? 1 : before.failures + 1);
            Duration pause = AFTER_FAILURE.multipliedBy(1L << (failures - 1));
            return new Attempt(
                    now.plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE), failures);
        }
    }

    /// How many are asked at once. The keys of a single server, of one who has sent something and
    /// is waiting, do not wait behind the hundreds of a large room.
    private static final class Pace {
        private final Semaphore free = new Semaphore(AT_ONCE);
        private final Semaphore beginning = new Semaphore(BEGINNING_AT_ONCE);

        /// Waits until one may begin.
        ///
        /// @return to be called when it has begun, or ended; it is when [#BEGINNING] is over
        Runnable begin() {
            beginning.acquireUninterruptibly();
            AtomicBoolean hasBegun = new AtomicBoolean();
            Runnable next =
                    () -> {
                        if (!hasBegun.getAndSet(true)) {
                            beginning.release();
                        }
                    };
            LATER.execute(next);
            return next;
        }
    }

    KeyFetcher(Database database, KeySource source, Verifier verifier, Clock clock) {
        this.database = database;
        this.source = source;
        this.verifier = verifier;
        this.clock = clock;
    }

    /// Asks those servers that were not asked just now, all at once, and waits for their answers.
    ///
    /// @return those whose keys may have changed
    Set<ServerName> fetch(Set<ServerName> servers) {
        Set<ServerName> due = new HashSet<>();
        for (ServerName server : servers) {
            if (isDue(server)) {
                due.add(server);
            }
        }
        if (due.size() == 1) {
            due.forEach(server -> askOnce(server, one));
        } else if (!due.isEmpty()) {
            askAll(due);
        }
        return due;
    }

    /// Whether a server that was asked did not answer, the last time.
    boolean isSilent(ServerName server) {
        Attempt last = attempts.getIfPresent(server);
        return last != null && last.failures() > 0;
    }

    private boolean isDue(ServerName server) {
        Attempt last = attempts.getIfPresent(server);
        return last == null || !clock.instant().isBefore(last.nextAfter());
    }

    private void askAll(Set<ServerName> servers) {
        CountDownLatch all = new CountDownLatch(servers.size());
        for (ServerName server : servers) {
            Thread.ofVirtual()
                    .name("keys of " + server)
                    .start(() -> {
                        try {
                            askOnce(server, many);
                        } finally {
                            all.countDown();
                        }
                    });
        }
        await(all);
    }

    /// Asks, or waits for the answer that another thread waits for.
    ///
    /// SECURITY: who waits for another thread takes no place: else whoever sends much in the name
    /// of one silent server would keep this one from asking any other.
    private void askOnce(ServerName server, Pace pace) {
        CountDownLatch others = asking.get(server);
        if (others == null) {
            others = askWhenFree(server, pace);
        }
        if (others != null) {
            await(others);
        }
    }

    /// @return what another thread that was faster counts down; null if none was
    private @Nullable CountDownLatch askWhenFree(ServerName server, Pace pace) {
        try {
            if (!pace.free.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                return null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
        try {
            Runnable next = pace.begin();
            try {
                return askUnlessOthersDo(server);
            } finally {
                next.run();
            }
        } finally {
            pace.free.release();
        }
    }

    private @Nullable CountDownLatch askUnlessOthersDo(ServerName server) {
        CountDownLatch mine = new CountDownLatch(1);
        CountDownLatch others = asking.putIfAbsent(server, mine);
        if (others != null) {
            return others;
        }
        try {
            if (isDue(server)) {
                boolean answered = ask(server);
                Attempt before = attempts.getIfPresent(server);
                Instant now = clock.instant();
                attempts.put(
                        server, answered ? Attempt.answered(now) : Attempt.failed(before, now));
            } // else another thread has just had its answer
            return null;
        } finally {
            asking.remove(server);
            mine.countDown();
        }
    }

    private boolean ask(ServerName server) {
        Optional<JsonObject> answer = source.ask(server);
        Instant now = clock.instant();
        Optional<KeyStatement> statement =
                answer.flatMap(object -> KeyStatement.read(server, object, now, verifier));
        if (answer.isPresent() && statement.isEmpty()) {
            LOG.warn("{} gave keys that are malformed or not signed by itself", server);
        }
        statement.ifPresent(stated -> save(stated, now));
        return statement.isPresent();
    }

    private void save(KeyStatement stated, Instant now) {
        saving.acquireUninterruptibly();
        try {
            database.run(tx -> store.save(tx, stated, Json.write(stated.object()), now));
        } finally {
            saving.release();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("keys did not come in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
