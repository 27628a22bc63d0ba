package org.valise.push.counts;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.id.EventId;
import org.valise.protocol.pushrules.PushActions;
import org.valise.protocol.pushrules.PushEvaluator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

/// The unread notifications of one user in one room: which events notify and have not been read.
/// Each event is evaluated once; receipts and redactions only take away. Not for several threads at
/// once.
public final class UnreadCounter {
    /// SECURITY: a room nobody reads must not grow without bound in memory. Counts stop here;
    /// nobody reads a number that large.
    public static final int MAX_UNREAD = 10_000;

    private final UnreadReader reader;
    private ReadPositions read;
    private long evaluatedUpTo;
    private final List<Notification> unread = new ArrayList<>();
    private @Nullable Unread counted = Unread.NONE;

    /// @param subject what is counted: the event, or the one it replaces
    private record Notification(
            long position,
            EventId id,
            EventId subject,
            @Nullable EventId thread,
            boolean highlight) {}

    /// Nothing has been evaluated yet: events after what was read everywhere are to follow.
    public UnreadCounter(UnreadReader reader, ReadPositions read) {
        this.reader = reader;
        this.read = read;
        this.evaluatedUpTo = read.everywhere();
    }

    public UnreadReader reader() {
        return reader;
    }

    public ReadPositions read() {
        return read;
    }

    /// Events up to this position are counted.
    public long evaluatedUpTo() {
        return evaluatedUpTo;
    }

    /// Says that everything up to a position was handed in, be it nothing.
    public void evaluatedUpTo(long position) {
        evaluatedUpTo = Math.max(evaluatedUpTo, position);
    }

    /// Takes the next event of the room. One that was taken before is not taken again.
    ///
    /// @param evaluator of the same event and room, possibly shared with other readers
    public void add(UnreadEvent event, PushEvaluator evaluator) {
        if (event.position() <= evaluatedUpTo) {
            return;
        }
        evaluatedUpTo = event.position();
        if (event.redacts() != null) {
            EventId gone = event.redacts();
            forget(notification -> notification.id().equals(gone));
        }
        if (event.event().sender().equals(reader.userId())) {
            addOwn(event);
            return;
        }
        if (event.redacted()
                || event.position() <= read.upTo(event.thread())
                || reader.ignored().contains(event.event().sender())) {
            return;
        }
        PushActions actions = evaluator.actionsFor(reader.rules(), reader.displayName());
        if (actions.notifies()) {
            EventId subject = event.replaces() == null ? event.id() : event.replaces();
            if (unread.size() >= MAX_UNREAD) {
                unread.removeFirst();
            }
            unread.add(
                    new Notification(
                            event.position(),
                            event.id(),
                            subject,
                            event.thread(),
                            actions.highlights()));
            counted = null;
        }
    }

    public void add(UnreadEvent event) {
        add(event, new PushEvaluator(event.event(), event.room()));
    }

    /// "When the user updates their read receipt (either by using the API or by sending an event),
    /// notifications prior to and including that event MUST be marked as read." What is sent in a
    /// thread says nothing of the others; state events (a changed display name is one in every
    /// room) and redactions say nothing at all.
    private void addOwn(UnreadEvent event) {
        if (!event.state() && event.redacts() == null) {
            EventId thread = event.thread();
            forget(notification -> Objects.equals(notification.thread(), thread));
        }
    }

    /// Takes receipts. Returns false when they went back (another membership, a corrected receipt):
    /// what was forgotten must be counted anew.
    public boolean read(ReadPositions now) {
        if (now.equals(read)) {
            return true;
        }
        if (now.everywhere() < read.everywhere()
                || now.main() < read.main()
                || isBehind(now.threads())) {
            return false;
        }
        read = now;
        evaluatedUpTo = Math.max(evaluatedUpTo, now.everywhere());
        forget(notification -> notification.position() <= now.upTo(notification.thread()));
        return true;
    }

    private boolean isBehind(Map<EventId, Long> threads) {
        for (Map.Entry<EventId, Long> was : read.threads().entrySet()) {
            if (threads.getOrDefault(was.getKey(), 0L) < was.getValue()) {
                return true;
            }
        }
        return false;
    }

    private void forget(Predicate<Notification> which) {
        if (unread.removeIf(which)) {
            counted = null;
        }
    }

    /// How many notifications it holds.
    int size() {
        return unread.size();
    }

    public Unread unread() {
        Unread known = counted;
        if (known == null) {
            known = count();
            counted = known;
        }
        return known;
    }

    private Unread count() {
        if (unread.isEmpty()) {
            return Unread.NONE;
        }
        // An event and its edits are one; it highlights when one of them does.
        Set<EventId> highlights = new HashSet<>();
        for (Notification notification : unread) {
            if (notification.highlight()) {
                highlights.add(notification.subject());
            }
        }
        Set<EventId> seen = HashSet.newHashSet(unread.size());
        Unread.Count total = Unread.Count.NONE;
        Unread.Count main = Unread.Count.NONE;
        Map<EventId, Unread.Count> threads = new HashMap<>();
        for (Notification notification : unread) {
            if (!seen.add(notification.subject())) {
                continue;
            }
            boolean highlight = highlights.contains(notification.subject());
            total = total.plus(highlight);
            EventId thread = notification.thread();
            if (thread == null) {
                main = main.plus(highlight);
            } else {
                threads.put(
                        thread, threads.getOrDefault(thread, Unread.Count.NONE).plus(highlight));
            }
        }
        return new Unread(total, main, Map.copyOf(threads));
    }
}
