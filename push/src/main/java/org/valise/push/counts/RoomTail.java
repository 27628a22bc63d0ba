package org.valise.push.counts;

import org.valise.protocol.pushrules.PushEvaluator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The newest events of a room's timeline, each with what was found out about it, for all who have
/// the room open: they are read once, and evaluated once for those who have the same rules.
final class RoomTail {
    private static final int MAX_EVENTS = 100;

    /// Whoever lacks more than this is counted anew, which reads the newest only.
    private static final int MAX_READ = 1_000;

    private final UnreadEvents events;
    private final long room;

    /// Holds all events in `(from, to]`.
    private final Deque<Evaluated> tail = new ArrayDeque<>();

    private long from = -1;
    private long to = -1;

    private record Evaluated(UnreadEvent event, PushEvaluator evaluator) {}

    RoomTail(UnreadEvents events, long room) {
        this.events = events;
        this.room = room;
    }

    /// Hands a counter what it has not had yet, up to a position. Returns false when that is so
    /// much that it had better be counted anew.
    synchronized boolean feed(UnreadCounter counter, long upTo) {
        long after = counter.evaluatedUpTo();
        if (after > to) {
            tail.clear();
            from = after;
            to = after;
        }
        if (upTo > to && !extend(upTo)) {
            return false;
        }
        if (after < from) {
            // Further back than what is kept: by itself.
            List<UnreadEvent> missed = events.between(room, after, Math.min(from, upTo), MAX_READ);
            if (missed.size() == MAX_READ) {
                return false;
            }
            for (UnreadEvent event : missed) {
                counter.add(event);
            }
        }
        for (Evaluated evaluated : tail) {
            if (evaluated.event().position() > upTo) {
                break;
            }
            counter.add(evaluated.event(), evaluated.evaluator());
        }
        counter.evaluatedUpTo(upTo);
        shorten();
        return true;
    }

    private boolean extend(long upTo) {
        List<UnreadEvent> newer = events.between(room, to, upTo, MAX_READ);
        if (newer.size() == MAX_READ) {
            return false;
        }
        for (UnreadEvent event : newer) {
            tail.addLast(new Evaluated(event, new PushEvaluator(event.event(), event.room())));
        }
        to = upTo;
        return true;
    }

    private void shorten() {
        while (tail.size() > MAX_EVENTS) {
            from = tail.removeFirst().event().position();
        }
    }
}
