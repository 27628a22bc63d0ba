package org.valise.push.counts;

import org.valise.protocol.pushrules.PushEvaluator;

import java.util.ArrayList;
import java.util.List;

/// The newest events of a room's timeline, each with what was found out about it, for all who have
/// the room open: they are read once, and evaluated once for those who have the same rules.
final class RoomTail {
    /// How many are kept at least, once there are as many.
    private static final int MAX_EVENTS = 100;

    /// Whoever lacks more than this is counted anew, which reads the newest only.
    private static final int MAX_READ = 1_000;

    private final UnreadEvents events;
    private final long room;

    /// Holds all events in `(from, to]`, in order.
    private final List<Evaluated> tail = new ArrayList<>();

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
        for (Evaluated evaluated : tail.subList(firstAfter(after), firstAfter(upTo))) {
            counter.add(evaluated.event(), evaluated.evaluator());
        }
        counter.evaluatedUpTo(upTo);
        shorten();
        return true;
    }

    /// Looked for from the end: most readers lack the newest event only.
    private int firstAfter(long position) {
        int index = tail.size();
        while (index > 0 && tail.get(index - 1).event().position() > position) {
            index--;
        }
        return index;
    }

    private boolean extend(long upTo) {
        List<UnreadEvent> newer = events.between(room, to, upTo, MAX_READ);
        if (newer.size() == MAX_READ) {
            return false;
        }
        for (UnreadEvent event : newer) {
            tail.add(new Evaluated(event, new PushEvaluator(event.event(), event.room())));
        }
        to = upTo;
        return true;
    }

    private void shorten() {
        if (tail.size() > 2 * MAX_EVENTS) {
            List<Evaluated> oldest = tail.subList(0, tail.size() - MAX_EVENTS);
            from = oldest.getLast().event().position();
            oldest.clear();
        }
    }
}
