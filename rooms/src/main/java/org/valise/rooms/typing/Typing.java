package org.valise.rooms.typing;

import org.valise.accounts.users.UserNumbers;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.EphemeralEntry;
import org.valise.platform.stream.EphemeralOrder;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.id.UserId;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.members.Membership;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/// Who is typing where, and since when that is so: the same on all nodes, by the small order.
public final class Typing implements StreamFollower {
    private static final String KIND = "typing";
    private static final String ENDED = "0";

    /// No client asks for longer.
    static final Duration LONGEST = Duration.ofMinutes(2);

    /// The node on which somebody began tells that they ended; the others, had it died, a little
    /// later.
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final UserNumbers users;
    private final EphemeralOrder order;
    private final Map<Long, TypingRoom> rooms = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

    public Typing(UserNumbers users, EphemeralOrder order) {
        this.users = users;
        this.order = order;
        order.follow(KIND, (entries, position) -> entries.forEach(this::apply));
    }

    /// Told when somebody begins or ends typing in a room; must not block.
    @FunctionalInterface
    public interface Listener {
        void changed(long room, long ephemeral);
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /// Told whenever somebody begins to type, says that they still do, or ends; must not block.
    @FunctionalInterface
    public interface Watcher {
        void types(long room, long user, boolean typing);
    }

    public void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    /// Who is typing in a room, sorted.
    public List<UserId> inRoom(long room) {
        TypingRoom known = rooms.get(room);
        if (known == null) {
            return List.of();
        }
        List<Long> typists = known.users(System.currentTimeMillis());
        return typists.isEmpty()
                ? List.of()
                : users.users(typists).values().stream().sorted().toList();
    }

    /// Whether somebody began or ended typing in a room in `(from, to]` of the order. What changed
    /// again after `to` is left out: it comes later.
    public boolean changedIn(long room, long from, long to) {
        TypingRoom known = rooms.get(room);
        return known != null && known.changed() > from && known.changed() <= to;
    }

    /// The rooms in which that is so.
    public Set<Long> roomsChangedIn(long from, long to) {
        return rooms.keySet().stream()
                .filter(room -> changedIn(room, from, to))
                .collect(Collectors.toSet());
    }

    /// Notes that a user types for a while from now on.
    void set(long room, long user, Duration duration) {
        long end = System.currentTimeMillis() + duration.toMillis();
        order.putNow(KIND, key(room, user), Long.toString(end), LONGEST.plus(GRACE));
        endLater(room, user, end, duration);
    }

    /// Notes that a user types no more.
    void clear(long room, long user) {
        if (isTyping(room, user)) {
            order.putNow(KIND, key(room, user), ENDED, LONGEST);
        }
    }

    private boolean isTyping(long room, long user) {
        TypingRoom known = rooms.get(room);
        return known != null && known.has(user);
    }

    private void apply(EphemeralEntry entry) {
        String[] key = entry.key().split(" ", -1);
        long room = Long.parseLong(key[0]);
        long user = Long.parseLong(key[1]);
        long end = Long.parseLong(entry.value());
        long left = Math.min(end - System.currentTimeMillis(), LONGEST.toMillis());
        TypingRoom known = rooms.computeIfAbsent(room, any -> new TypingRoom());
        if (left <= 0) {
            if (known.end(user, entry.position())) {
                tell(room, entry.position());
                watchers.forEach(watcher -> watcher.types(room, user, false));
            }
            return;
        }
        if (known.begin(user, end, entry.position())) {
            tell(room, entry.position());
        }
        watchers.forEach(watcher -> watcher.types(room, user, true));
        endLater(room, user, end, Duration.ofMillis(left).plus(GRACE));
    }

    /// Ends it unless it is prolonged.
    private void endLater(long room, long user, long end, Duration duration) {
        Thread.ofVirtual()
                .name("typing")
                .start(() -> {
                    try {
                        Thread.sleep(duration);
                    } catch (InterruptedException e) {
                        return;
                    }
                    TypingRoom known = rooms.get(room);
                    if (known != null && known.endsAt(user, end)) {
                        order.put(KIND, key(room, user), ENDED, LONGEST);
                    }
                });
    }

    private static String key(long room, long user) {
        return room + " " + user;
    }

    private void tell(long room, long ephemeral) {
        for (Listener listener : listeners) {
            listener.changed(room, ephemeral);
        }
    }

    /// Whoever leaves a room does not type in it any more.
    @Override
    public void applied(List<Change> changes, long position) {
        for (Change change : changes) {
            if (change instanceof EventChange event && rooms.containsKey(event.room())) {
                for (EventChange.MemberChange member : event.memberChanges()) {
                    if (member.membership() != Membership.JOIN
                            && isTyping(event.room(), member.user())) {
                        order.put(KIND, key(event.room(), member.user()), ENDED, LONGEST);
                    }
                }
            }
        }
    }

    /// One room's typists with the moments (milliseconds since 1970) at which they are taken to
    /// have ended.
    private static final class TypingRoom {
        private final Map<Long, Long> ends = new ConcurrentHashMap<>();
        private volatile long changed;

        long changed() {
            return changed;
        }

        boolean has(long user) {
            return ends.containsKey(user);
        }

        List<Long> users(long now) {
            return ends.entrySet().stream()
                    .filter(typist -> typist.getValue() > now)
                    .map(Map.Entry::getKey)
                    .toList();
        }

        /// @return whether they were not typing before
        boolean begin(long user, long end, long position) {
            boolean isNew = ends.put(user, end) == null;
            if (isNew) {
                changed = position;
            }
            return isNew;
        }

        boolean end(long user, long position) {
            boolean wasThere = ends.remove(user) != null;
            if (wasThere) {
                changed = position;
            }
            return wasThere;
        }

        boolean endsAt(long user, long end) {
            return Objects.equals(ends.get(user), end);
        }
    }
}
