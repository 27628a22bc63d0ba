package org.valise.sync.streams;

import org.valise.devices.changes.DeviceListChanged;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.DeviceScoped;
import org.valise.platform.stream.EphemeralOrder;
import org.valise.platform.stream.RoomScoped;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.platform.stream.UserScoped;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.lane.OutsideChange;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.receipts.ReceiptChange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/// The users that sync on this node, and the index of who is in which room.
public final class UserViews implements StreamFollower {
    private static final Duration CATCH_UP = Duration.ofSeconds(10);

    /// How often to look for views that nobody uses any more.
    private static final Duration EVICTION_PAUSE = Duration.ofSeconds(30);

    private final Stream stream;
    private final EphemeralOrder ephemeral;
    private final MembershipStore memberships;
    private final JoinedRooms joinedRooms;
    private final long idleNanos;
    private final Map<Long, UserView> views = new ConcurrentHashMap<>();
    private final Map<Long, Set<UserView>> joined = new ConcurrentHashMap<>();
    private final Set<UserView> toWake = new HashSet<>();
    private final Set<UserView> toWakeEphemeral = new HashSet<>();
    private final List<DeviceScoped> devicesToWake = new ArrayList<>();
    private long evicted = System.nanoTime();

    /// @param elsewhere the rooms of a user of another server
    /// @param idle after which a view that nobody uses is let go
    public UserViews(
            Stream stream,
            EphemeralOrder ephemeral,
            MembershipStore memberships,
            LongFunction<List<Long>> elsewhere,
            Duration idle) {
        this.stream = stream;
        this.ephemeral = ephemeral;
        this.memberships = memberships;
        this.joinedRooms = new JoinedRooms(memberships, elsewhere);
        this.idleNanos = idle.toNanos();
        ephemeral.whenApplied(this::ephemeralApplied);
    }

    /// A view in use: it is kept until it is closed.
    public record Lease(UserView view, Runnable release) implements AutoCloseable {
        @Override
        public void close() {
            release.run();
        }
    }

    public Lease open(long user) throws InterruptedException {
        UserView view =
                views.compute(
                        user,
                        (number, known) -> {
                            UserView opened = known == null ? new UserView(number) : known;
                            opened.opened();
                            return opened;
                        });
        Lease lease = new Lease(view, () -> release(user));
        try {
            if (!view.isLoaded()) {
                load(view);
            }
        } catch (InterruptedException | RuntimeException e) {
            lease.close();
            throw e;
        }
        return lease;
    }

    private void release(long user) {
        views.computeIfPresent(
                user,
                (number, view) -> {
                    view.released(System.nanoTime());
                    return view;
                });
    }

    /// The view hears of its own memberships already; once it stands in the index, of its rooms
    /// too. What was committed before that moment it may not have heard of: the floor is set there.
    private void load(UserView view) throws InterruptedException {
        synchronized (view) {
            if (view.isLoaded()) {
                return;
            }
            long position = stream.lastPosition();
            List<UserMembership> newest = memberships.newest(view.user(), position);
            view.remember(newest);
            for (long room : view.joinedRooms()) {
                index(room, view);
            }
            long floor = stream.lastPosition();
            stream.await(floor, CATCH_UP);
            view.knowsAllAfter(floor, ephemeral.settled());
        }
    }

    @Override
    public void apply(List<Change> changes) {
        toWake.clear();
        devicesToWake.clear();
        for (Change change : changes) {
            switch (change) {
                case EventChange event -> applyEvent(event);
                case OutsideChange outside ->
                        applyMember(
                                outside.position(),
                                outside.room(),
                                new EventChange.MemberChange(
                                        outside.user(), outside.membership(), outside.event()));
                case ReceiptChange.PrivateReceipt receipt ->
                        markUser(receipt.user(), receipt.position(), receipt.room());
                case DeviceListChanged list -> applyDeviceList(list);
                case RoomScoped scoped -> markRoom(scoped.room(), change.position());
                case UserScoped scoped -> markUser(scoped.user(), change.position(), 0);
                case DeviceScoped scoped -> devicesToWake.add(scoped);
                default -> {}
            }
        }
        evictIdle(System.nanoTime());
    }

    private void applyEvent(EventChange event) {
        event.memberChanges()
                .forEach(member -> applyMember(event.position(), event.room(), member));
        markRoom(event.room(), event.position());
    }

    private void applyMember(long position, long room, EventChange.MemberChange member) {
        joinedRooms.forget(member.user());
        UserView view = views.get(member.user());
        if (view == null) {
            return;
        }
        view.joined(new UserMembership(room, position, member.membership(), member.event()));
        toWake.add(view);
        if (member.membership() == Membership.JOIN) {
            index(room, view);
        } else {
            unindex(room, view);
        }
    }

    /// Whoever shares a room with the user, and the user, may have to look at the list anew.
    private void applyDeviceList(DeviceListChanged list) {
        Set<UserView> readers = new HashSet<>();
        long only = list.isForEverybody() ? list.user() : list.audience();
        UserView own = views.get(only);
        if (own != null) {
            readers.add(own);
        }
        if (list.isForEverybody()) {
            list.rooms().forEach(room -> readers.addAll(joined.getOrDefault(room, Set.of())));
        }
        for (UserView reader : readers) {
            reader.deviceListChanged(list.position(), list.user());
            toWake.add(reader);
        }
    }

    private void markRoom(long room, long position) {
        for (UserView view : joined.getOrDefault(room, Set.of())) {
            view.changed(position, room);
            toWake.add(view);
        }
    }

    /// @param room 0 if it belongs to none
    private void markUser(long user, long position, long room) {
        UserView view = views.get(user);
        if (view != null) {
            view.changed(position, room);
            toWake.add(view);
        }
    }

    private void index(long room, UserView view) {
        joined.computeIfAbsent(room, any -> ConcurrentHashMap.newKeySet()).add(view);
    }

    private void unindex(long room, UserView view) {
        joined.computeIfPresent(
                room,
                (any, users) -> {
                    users.remove(view);
                    return users.isEmpty() ? null : users;
                });
    }

    /// Lets go of views that nobody uses. Only the thread that applies changes does so: it is the
    /// one that puts views which are in use already into the index.
    private void evictIdle(long now) {
        if (now - evicted < Math.min(EVICTION_PAUSE.toNanos(), idleNanos)) {
            return;
        }
        evicted = now;
        for (long user : views.keySet()) {
            views.computeIfPresent(
                    user,
                    (number, view) -> {
                        if (!view.isIdle(now, idleNanos)) {
                            return view;
                        }
                        view.joinedRooms().forEach(room -> unindex(room, view));
                        return null;
                    });
        }
    }

    /// How many users are in memory.
    public int size() {
        return views.size();
    }

    @Override
    public void applied(List<Change> changes, long position) {
        for (UserView view : toWake) {
            view.wake(position);
        }
        toWake.clear();
        for (DeviceScoped change : devicesToWake) {
            UserView view = views.get(change.user());
            if (view != null) {
                view.wakeDevice(change.device(), position);
            }
        }
        devicesToWake.clear();
    }

    /// Somebody began or ended typing in a room.
    public void typed(long room, long position) {
        for (UserView view : joined.getOrDefault(room, Set.of())) {
            view.typed(room, position);
            toWakeEphemeral.add(view);
        }
    }

    /// A user's presence is another: whoever shares a room is told, and they themselves.
    public void present(long user, long position) {
        UserView own = views.get(user);
        Set<UserView> told = new HashSet<>();
        if (own != null) {
            told.add(own);
        }
        for (long room : own != null && own.isLoaded() ? own.joinedRooms() : joinedRooms.of(user)) {
            told.addAll(joined.getOrDefault(room, Set.of()));
        }
        told.forEach(view -> view.present(user, position));
        toWakeEphemeral.addAll(told);
    }

    private void ephemeralApplied(long position) {
        for (UserView view : toWakeEphemeral) {
            view.wakeEphemeral(position);
        }
        toWakeEphemeral.clear();
    }
}
