package org.valise.sync.streams;

import org.jspecify.annotations.Nullable;
import org.valise.devices.devicelists.OwnStream;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// One user's part of the stream, as of any position since the view was made. Safe for any number
/// of devices.
public final class UserView implements OwnStream {
    private static final int MAX_CHANGES = 2_000;

    private final long user;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();

    /// All memberships since the view was made, and for each room the newest before, by position.
    private final Map<Long, List<UserMembership>> memberships = new HashMap<>();

    /// What changed after [#floor], in order.
    private final Deque<Changed> changes = new ArrayDeque<>();

    /// Whose device lists changed after [#listsFloor], in order.
    private final Deque<ChangedList> lists = new ArrayDeque<>();

    private final EphemeralNews ephemeral = new EphemeralNews();

    private long floor;
    private long listsFloor;

    /// The newest change that belongs to no room.
    private long lastOutsideRooms;

    private long lastChange;
    private long lastEphemeral;
    private volatile boolean loaded;

    /// When something last happened for one device alone, by the number of its session.
    private final Map<Long, Long> lastDeviceChanges = new HashMap<>();

    /// How many requests look at it; held by [UserViews].
    private int readers;

    /// When the last one ended, by [System#nanoTime]; held by [UserViews].
    private long idleSince;

    UserView(long user) {
        this.user = user;
    }

    @Override
    public long user() {
        return user;
    }

    /// Something that this user is shown.
    ///
    /// @param room 0 if it belongs to none
    record Changed(long position, long room) {}

    /// Somebody's device list.
    private record ChangedList(long position, long user) {}

    /// The rooms in which something happened after a position (0 among them if something happened
    /// outside rooms); empty if that is too long ago to know.
    @Override
    public Optional<Set<Long>> roomsChangedAfter(long position) {
        lock.lock();
        try {
            if (position < floor) {
                return Optional.empty();
            }
            Set<Long> rooms = new HashSet<>();
            for (var newestFirst = changes.descendingIterator(); newestFirst.hasNext(); ) {
                Changed change = newestFirst.next();
                if (change.position <= position) {
                    break;
                }
                rooms.add(change.room);
            }
            return Optional.of(rooms);
        } finally {
            lock.unlock();
        }
    }

    /// Whether something that belongs to no room (account data, rooms' account data too) may have
    /// changed after a position: true as well if that is too long ago to know.
    public boolean mayHaveChangedOutsideRoomsAfter(long position) {
        lock.lock();
        try {
            return position < floor || lastOutsideRooms > position;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Set<Long>> deviceListsChangedAfter(long position) {
        lock.lock();
        try {
            if (position < listsFloor) {
                return Optional.empty();
            }
            Set<Long> users = new HashSet<>();
            for (var newestFirst = lists.descendingIterator(); newestFirst.hasNext(); ) {
                ChangedList change = newestFirst.next();
                if (change.position <= position) {
                    break;
                }
                users.add(change.user);
            }
            return Optional.of(users);
        } finally {
            lock.unlock();
        }
    }

    /// The newest membership in each room as of a position.
    @Override
    public List<UserMembership> membershipsAt(long position) {
        lock.lock();
        try {
            List<UserMembership> newest = new ArrayList<>(memberships.size());
            for (List<UserMembership> history : memberships.values()) {
                UserMembership found = newestAt(history, position);
                if (found != null) {
                    newest.add(found);
                }
            }
            return newest;
        } finally {
            lock.unlock();
        }
    }

    public Optional<UserMembership> membershipAt(long room, long position) {
        lock.lock();
        try {
            return Optional.ofNullable(
                    newestAt(memberships.getOrDefault(room, List.of()), position));
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable UserMembership newestAt(List<UserMembership> history, long position) {
        for (int i = history.size() - 1; i >= 0; i--) {
            if (history.get(i).position() <= position) {
                return history.get(i);
            }
        }
        return null;
    }

    /// The rooms in which somebody began or ended typing in `(from, to]` of the small order; empty
    /// if that is too long ago to know.
    public Optional<Set<Long>> typedIn(long from, long to) {
        lock.lock();
        try {
            return ephemeral.typedIn(from, to);
        } finally {
            lock.unlock();
        }
    }

    /// The users whose presence changed in `(from, to]` of the small order; empty if that is too
    /// long ago to know.
    public Optional<Set<Long>> presentIn(long from, long to) {
        lock.lock();
        try {
            return ephemeral.presentIn(from, to);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until something happens after the positions, or the time is over.
    ///
    /// No wake-up is lost: what happened since the caller looked is seen before going to sleep.
    ///
    /// @param device the session that waits: what happens for it alone wakes it, too; 0 if that is
    ///   of no interest
    /// @param released whether waiting has become pointless; whoever makes it so calls [#wakeAll]
    public void await(
            long position,
            long ephemeralPosition,
            long device,
            long nanos,
            BooleanSupplier released)
            throws InterruptedException {
        long left = nanos;
        lock.lockInterruptibly();
        try {
            while (lastChange <= position
                    && lastEphemeral <= ephemeralPosition
                    && lastDeviceChanges.getOrDefault(device, 0L) <= position
                    && left > 0
                    && !released.getAsBoolean()) {
                left = woken.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Lets everyone who waits look again whether to go on.
    public void wakeAll() {
        lock.lock();
        try {
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Takes what was read from the database; what was heard of since is newer.
    void remember(List<UserMembership> newest) {
        lock.lock();
        try {
            for (UserMembership membership : newest) {
                List<UserMembership> history = new ArrayList<>();
                history.add(membership);
                memberships.getOrDefault(membership.room(), List.of()).stream()
                        .filter(each -> each.position() > membership.position())
                        .forEach(history::add);
                memberships.put(membership.room(), history);
            }
        } finally {
            lock.unlock();
        }
    }

    void knowsAllAfter(long position, long ephemeralPosition) {
        lock.lock();
        try {
            floor = Math.max(floor, position);
            listsFloor = Math.max(listsFloor, position);
            ephemeral.knowsAllAfter(ephemeralPosition);
            loaded = true;
        } finally {
            lock.unlock();
        }
    }

    boolean isLoaded() {
        return loaded;
    }

    void opened() {
        readers++;
    }

    void released(long now) {
        readers--;
        idleSince = now;
    }

    boolean isIdle(long now, long nanos) {
        return readers == 0 && now - idleSince > nanos;
    }

    void joined(UserMembership membership) {
        lock.lock();
        try {
            memberships
                    .computeIfAbsent(membership.room(), any -> new ArrayList<>(1))
                    .add(membership);
            changed(membership.position(), membership.room());
        } finally {
            lock.unlock();
        }
    }

    void changed(long position, long room) {
        lock.lock();
        try {
            changes.addLast(new Changed(position, room));
            if (room == 0) {
                lastOutsideRooms = position;
            }
            if (changes.size() > MAX_CHANGES) {
                floor = Math.max(floor, changes.removeFirst().position);
            }
        } finally {
            lock.unlock();
        }
    }

    void deviceListChanged(long position, long whose) {
        lock.lock();
        try {
            lists.addLast(new ChangedList(position, whose));
            if (lists.size() > MAX_CHANGES) {
                listsFloor = Math.max(listsFloor, lists.removeFirst().position);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Wakes up who waits: readers may now read up to `position`.
    void wake(long position) {
        lock.lock();
        try {
            lastChange = Math.max(lastChange, position);
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Wakes up one device: it may now read up to `position`.
    void wakeDevice(long device, long position) {
        lock.lock();
        try {
            lastDeviceChanges.put(device, position);
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void typed(long room, long position) {
        lock.lock();
        try {
            ephemeral.typed(room, position);
        } finally {
            lock.unlock();
        }
    }

    void present(long otherUser, long position) {
        lock.lock();
        try {
            ephemeral.present(otherUser, position);
        } finally {
            lock.unlock();
        }
    }

    void wakeEphemeral(long position) {
        lock.lock();
        try {
            lastEphemeral = Math.max(lastEphemeral, position);
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<Long> joinedRooms() {
        lock.lock();
        try {
            List<Long> rooms = new ArrayList<>();
            memberships.forEach((room, history) -> {
                if (history.getLast().membership() == Membership.JOIN) {
                    rooms.add(room);
                }
            });
            return rooms;
        } finally {
            lock.unlock();
        }
    }
}
