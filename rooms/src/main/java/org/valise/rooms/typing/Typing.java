package org.valise.rooms.typing;

import org.valise.accounts.users.UserNumbers;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.id.UserId;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.members.Membership;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// Who is typing where, and since when that is so.
public final class Typing implements StreamFollower {
    private final UserNumbers users;
    private final Map<Long, TypingRoom> rooms = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /// Begins with the time, so that what a client knows from before a restart, or from another
    /// node, is older than what happens now.
    private final AtomicLong order = new AtomicLong(System.currentTimeMillis() * 1_000);

    public Typing(UserNumbers users) {
        this.users = users;
    }

    /// Told when somebody begins or ends typing in a room; must not block.
    @FunctionalInterface
    public interface Listener {
        void changed(long room, long ephemeral);
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /// Where the order is now.
    public long ephemeral() {
        return order.get();
    }

    /// Who is typing in a room, sorted.
    public List<UserId> inRoom(long room) {
        TypingRoom known = rooms.get(room);
        if (known == null) {
            return List.of();
        }
        List<Long> typists = known.users(System.nanoTime());
        return typists.isEmpty()
                ? List.of()
                : users.users(typists).values().stream().sorted().toList();
    }

    /// Whether somebody began or ended typing in a room after a moment of the order.
    public boolean changedAfter(long room, long ephemeral) {
        TypingRoom known = rooms.get(room);
        return known != null && known.changed() > ephemeral;
    }

    /// The rooms in which somebody began or ended typing after a moment of the order.
    public List<Long> roomsChangedAfter(long ephemeral) {
        return rooms.entrySet().stream()
                .filter(room -> room.getValue().changed() > ephemeral)
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Notes that a user types for a while from now on.
    void set(long room, long user, Duration duration) {
        TypingRoom known = rooms.computeIfAbsent(room, any -> new TypingRoom());
        long end = System.nanoTime() + duration.toNanos();
        if (known.begin(user, end, order)) {
            tell(room, known);
        }
        Thread.ofVirtual().name("typing").start(() -> expire(room, known, user, end, duration));
    }

    private void expire(long room, TypingRoom known, long user, long end, Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            return;
        }
        if (known.endAt(user, end, order)) {
            tell(room, known);
        }
    }

    /// Notes that a user types no more.
    void clear(long room, long user) {
        TypingRoom known = rooms.get(room);
        if (known != null && known.end(user, order)) {
            tell(room, known);
        }
    }

    private void tell(long room, TypingRoom known) {
        for (Listener listener : listeners) {
            listener.changed(room, known.changed());
        }
    }

    /// Whoever leaves a room does not type in it any more.
    @Override
    public void applied(List<Change> changes, long position) {
        for (Change change : changes) {
            if (change instanceof EventChange event && rooms.containsKey(event.room())) {
                for (EventChange.MemberChange member : event.memberChanges()) {
                    if (member.membership() != Membership.JOIN) {
                        clear(event.room(), member.user());
                    }
                }
            }
        }
    }

    /// One room's typists with the moments (of [System#nanoTime]) at which they are taken to have
    /// ended.
    private static final class TypingRoom {
        private final Map<Long, Long> ends = new HashMap<>();
        private long changed;

        synchronized long changed() {
            return changed;
        }

        synchronized List<Long> users(long now) {
            return ends.entrySet().stream()
                    .filter(typist -> typist.getValue() - now > 0)
                    .map(Map.Entry::getKey)
                    .toList();
        }

        synchronized boolean begin(long user, long end, AtomicLong order) {
            boolean isNew = ends.put(user, end) == null;
            if (isNew) {
                changed = order.incrementAndGet();
            }
            return isNew;
        }

        synchronized boolean end(long user, AtomicLong order) {
            boolean wasThere = ends.remove(user) != null;
            if (wasThere) {
                changed = order.incrementAndGet();
            }
            return wasThere;
        }

        /// Ends it unless it was prolonged.
        synchronized boolean endAt(long user, long end, AtomicLong order) {
            Long known = ends.get(user);
            return known != null && known == end && end(user, order);
        }
    }
}
