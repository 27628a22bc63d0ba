package org.valise.federation.outbox;

import org.jspecify.annotations.Nullable;
import org.valise.federation.outbox.DestinationStore.Progress;
import org.valise.federation.outbox.EventSource.Lacking;
import org.valise.protocol.id.ServerName;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Another server: how far it has got, and what waits for it.
///
/// Either it keeps up, and new events wait here by their numbers; or it is behind, and what it
/// lacks is asked of the rooms, page by page. One thread at a time works for it.
final class Destination {
    /// SECURITY: a server that does not keep up costs so much memory, and is behind from then on.
    private static final int MOST_WAITING = 500;

    private static final Duration DEAD = Duration.ofDays(1);

    final ServerName server;
    final VolatileEdus offers = new VolatileEdus();

    private long position;
    private int failures;
    private @Nullable Instant failingSince;
    private @Nullable Instant retryAt;
    private Instant lastAttempt = Instant.MIN;
    private boolean isKnown;
    private @Nullable Progress saved;

    private boolean isBehind = true;

    /// The end of the present round of catching up; 0 between two.
    private long round;

    /// What came since it is behind; in order.
    private final Deque<OutgoingEvent> fresh = new ArrayDeque<>();

    /// Up to here, something may be missing in [#fresh].
    private long lost;

    private final Deque<OutgoingEvent> waiting = new ArrayDeque<>();
    private long caughtUpTo;
    private long pageUpTo;

    /// What it has of the page, which is read again after a failure.
    private final Set<Long> hasOfPage = new HashSet<>();

    private boolean eduRows = true;
    private boolean isToBeGreeted;
    private boolean isCareful;
    private boolean isWorking;
    private boolean isWokenAgain;

    Destination(ServerName server) {
        this.server = server;
    }

    /// Begins where it was.
    synchronized void begin(Progress known) {
        if (isKnown) {
            return;
        }
        position = known.position();
        caughtUpTo = position;
        failures = known.failures();
        failingSince = known.failingSince();
        retryAt = known.retryAt();
        isKnown = true;
        saved = known;
    }

    /// This server has been away, and the other may have stopped asking for it: it learns that it
    /// is back from a transaction, be there anything to send or not.
    synchronized void greet() {
        isToBeGreeted = true;
    }

    /// Whether it is to be greeted: once.
    synchronized boolean takeGreeting() {
        boolean taken = isToBeGreeted;
        isToBeGreeted = false;
        return taken;
    }

    synchronized boolean isKnown() {
        return isKnown;
    }

    /// An event concerns it.
    synchronized void add(OutgoingEvent event) {
        if (event.position() <= position) {
            return;
        }
        if (!isBehind) {
            waiting.add(event);
            if (waiting.size() > MOST_WAITING) {
                fallBehind();
            }
        } else if (failures == 0 && fresh.size() < MOST_WAITING) {
            fresh.add(event);
        } else {
            fresh.clear();
            lost = event.position();
        }
    }

    private void fallBehind() {
        isBehind = true;
        caughtUpTo = position;
        pageUpTo = 0;
        round = 0;
        waiting.clear();
    }

    /// It may have missed events up to a position.
    synchronized void missedSome(long upTo) {
        fallBehind();
        lost = Math.max(lost, upTo);
    }

    /// @return whether it is for the caller to begin working for it
    synchronized boolean wake(Instant now) {
        if (isWorking) {
            isWokenAgain = true;
            return false;
        }
        if (retryAt != null && now.isBefore(retryAt)) {
            return false;
        }
        isWorking = true;
        return true;
    }

    /// @return whether it was woken while it worked, and must go on
    synchronized boolean pause() {
        isWorking = isWokenAgain;
        isWokenAgain = false;
        return isWorking;
    }

    /// The work ended by a failure, or because it may not federate: the rest comes later.
    synchronized void stop() {
        isWorking = false;
        isWokenAgain = false;
    }

    /// The next events for it, in order; to be called by whoever works for it. If they are
    /// delivered, [#delivered] is called.
    ///
    /// It catches up in rounds, each with all that was there when the round began; what came since
    /// is handed over at its end, or makes up the next one.
    List<OutgoingEvent> next(int limit, EventSource source) {
        while (true) {
            long from;
            long after;
            long upTo;
            synchronized (this) {
                if (!isBehind || !waiting.isEmpty()) {
                    return first(limit);
                }
                round = round == 0 ? source.now() : round;
                from = position;
                after = turned();
                upTo = round;
            }
            Lacking page = source.lacking(server, from, after, upTo);
            turn(page);
        }
    }

    private long turned() {
        if (pageUpTo > caughtUpTo) {
            caughtUpTo = pageUpTo;
            hasOfPage.clear();
        }
        return caughtUpTo;
    }

    private synchronized void turn(Lacking page) {
        if (!page.isEnd()) {
            for (OutgoingEvent event : page.events()) {
                if (!hasOfPage.contains(event.position())) {
                    waiting.add(event);
                }
            }
            pageUpTo = page.upTo();
            return;
        }
        position = Math.max(position, page.upTo());
        caughtUpTo = position;
        round = 0;
        hasOfPage.clear();
        if (lost <= position) {
            isBehind = false;
            fresh.removeIf(event -> event.position() <= position);
            waiting.addAll(fresh);
            fresh.clear();
        }
    }

    private List<OutgoingEvent> first(int limit) {
        List<OutgoingEvent> first = new ArrayList<>();
        for (OutgoingEvent event : waiting) {
            if (first.size() == limit) {
                break;
            }
            first.add(event);
        }
        return first;
    }

    /// It has these events, which were the next, or will never take them.
    synchronized void delivered(List<OutgoingEvent> events) {
        for (OutgoingEvent event : events) {
            if (waiting.peek() != event) {
                break; // it fell behind meanwhile
            }
            waiting.remove();
            if (isBehind) {
                hasOfPage.add(event.position());
            } else {
                position = Math.max(position, event.position());
            }
        }
    }

    synchronized void answered() {
        isToBeGreeted = false;
        failures = 0;
        failingSince = null;
        retryAt = null;
    }

    /// @return when to try again
    synchronized Instant failed(Instant now, Duration pause) {
        failures++;
        failingSince = failingSince == null ? now : failingSince;
        lastAttempt = now;
        Instant then = now.plus(pause);
        retryAt = then;
        if (isBehind) {
            waiting.clear(); // the page is read again
            pageUpTo = 0;
            round = 0;
            lost = fresh.isEmpty() ? lost : Math.max(lost, fresh.getLast().position());
            fresh.clear();
        } else {
            fallBehind();
        }
        eduRows = true;
        return then;
    }

    /// It has sent something itself: it is worth trying again, though not all the time.
    ///
    /// @return when; null if it is not failing
    synchronized @Nullable Instant isThere(Instant now, Duration atLeast) {
        if (retryAt == null) {
            return null;
        }
        Instant soonest = lastAttempt.plus(atLeast);
        Instant then = soonest.isAfter(now) ? soonest : now;
        if (then.isBefore(retryAt)) {
            retryAt = then;
        }
        return retryAt;
    }

    synchronized int failures() {
        return failures;
    }

    private Progress progress() {
        return new Progress(server, position, failures, failingSince, retryAt);
    }

    /// How it takes what it is sent.
    enum State {
        UP,
        BACKING_OFF,
        /// Failing for longer than [#DEAD].
        DEAD
    }

    synchronized State state(Instant now) {
        if (failingSince == null) {
            return State.UP;
        }
        return failingSince.plus(DEAD).isAfter(now) ? State.BACKING_OFF : State.DEAD;
    }

    /// How many events are held for it in memory.
    synchronized int held() {
        return waiting.size() + fresh.size();
    }

    synchronized @Nullable Instant retryAt() {
        return retryAt;
    }

    /// What is to be written; empty if that is written already.
    synchronized Optional<Progress> toSave() {
        Progress now = progress();
        if (!isKnown || now.equals(saved)) {
            return Optional.empty();
        }
        saved = now;
        return Optional.of(now);
    }

    /// Nothing up to a position concerns it that it does not have, unless it is behind.
    synchronized boolean advance(long handled) {
        if (isBehind || isWorking || !waiting.isEmpty() || handled <= position) {
            return false;
        }
        position = handled;
        return true;
    }

    synchronized boolean isBehind() {
        return isBehind;
    }

    /// EDUs were written for it.
    synchronized void addRows() {
        eduRows = true;
    }

    /// Whether EDUs may have been written for it since this was last asked.
    synchronized boolean takeRows() {
        boolean were = eduRows;
        eduRows = false;
        return were;
    }

    /// Whether it refused what it was sent last.
    synchronized boolean isCareful() {
        return isCareful;
    }

    synchronized void careful(boolean now) {
        isCareful = now;
    }
}
