package org.valise.push.counts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Unread counts of all users and rooms, counted when they are asked for and kept while they are.
///
/// The first question about a room reads what is unread in it; each further one only takes the
/// events that came since, which all its readers share.
public final class UnreadCounts {
    /// In counters and their unread notifications.
    private static final long CACHED_NOTIFICATIONS = 4_000_000;

    private static final int CACHED_TAILS = 5_000;
    private static final int FIXED_WEIGHT = 8;

    private final UnreadEvents events;
    private final Cache<Key, Held> held =
            Caffeine.newBuilder()
                    .maximumWeight(CACHED_NOTIFICATIONS)
                    .weigher((Key _, Held h) -> FIXED_WEIGHT + h.size())
                    .build();
    private final Cache<Long, RoomTail> tails =
            Caffeine.newBuilder().maximumSize(CACHED_TAILS).build();

    private record Key(long user, long room) {}

    /// A counter; whoever uses it holds the monitor of this.
    private static final class Held {
        @Nullable UnreadCounter counter;

        int size() {
            return counter == null ? 0 : counter.size();
        }
    }

    public UnreadCounts(UnreadEvents events) {
        this.events = events;
    }

    /// A user's unread notifications in a room as of a position, or of a later one that somebody
    /// else has asked for.
    ///
    /// @param user the user's number
    /// @param room the room's number
    public Unread unread(long user, long room, UnreadReader reader, ReadPositions read, long upTo) {
        Key key = new Key(user, room);
        Held mine = held.get(key, _ -> new Held());
        int before;
        int after;
        Unread unread;
        synchronized (mine) {
            before = mine.size();
            UnreadCounter counter = mine.counter;
            if (counter == null || !counter.reader().equals(reader) || !counter.read(read)) {
                counter = count(room, reader, read, upTo);
                mine.counter = counter;
            } else if (counter.evaluatedUpTo() < upTo && !tail(room).feed(counter, upTo)) {
                counter = count(room, reader, read, upTo);
                mine.counter = counter;
            }
            after = mine.size();
            unread = counter.unread();
        }
        if (Math.abs(after - before) > FIXED_WEIGHT) {
            held.put(key, mine); // it weighs something else now
        }
        return unread;
    }

    private UnreadCounter count(long room, UnreadReader reader, ReadPositions read, long upTo) {
        UnreadCounter counter = new UnreadCounter(reader, read);
        List<UnreadEvent> unread = events.unread(room, read, upTo, UnreadCounter.MAX_UNREAD);
        for (UnreadEvent event : unread) {
            counter.add(event);
        }
        counter.evaluatedUpTo(upTo);
        return counter;
    }

    private RoomTail tail(long room) {
        return tails.get(room, _ -> new RoomTail(events, room));
    }
}
