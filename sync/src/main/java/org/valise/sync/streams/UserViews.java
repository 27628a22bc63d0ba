package org.valise.sync.streams;

import org.valise.devices.changes.DeviceListChanged;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.RoomScoped;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.platform.stream.UserScoped;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.receipts.ReceiptChange;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The users that sync on this node, and the index of who is in which room.
public final class UserViews implements StreamFollower {
    private static final Duration CATCH_UP = Duration.ofSeconds(10);

    private final Stream stream;
    private final MembershipStore memberships;
    private final Map<Long, UserView> views = new ConcurrentHashMap<>();
    private final Map<Long, Set<UserView>> joined = new ConcurrentHashMap<>();
    private final Set<UserView> toWake = new HashSet<>();

    public UserViews(Stream stream, MembershipStore memberships) {
        this.stream = stream;
        this.memberships = memberships;
    }

    public UserView get(long user) throws InterruptedException {
        UserView view = views.computeIfAbsent(user, UserView::new);
        if (!view.isLoaded()) {
            load(view);
        }
        return view;
    }

    /// The view hears of its own memberships already; once it stands in the index, of its rooms
    /// too. What was committed before that moment it may not have heard of: the floor is set there.
    private void load(UserView view) throws InterruptedException {
        long position = stream.lastPosition();
        List<UserMembership> newest = memberships.newest(view.user(), position);
        view.remember(newest);
        for (long room : view.joinedRooms()) {
            index(room, view);
        }
        long floor = stream.lastPosition();
        view.knowsAllAfter(floor);
        stream.await(floor, CATCH_UP);
    }

    @Override
    public void apply(List<Change> changes) {
        toWake.clear();
        for (Change change : changes) {
            switch (change) {
                case EventChange event -> applyEvent(event);
                case ReceiptChange.PrivateReceipt receipt ->
                        markUser(receipt.user(), receipt.position(), receipt.room());
                case DeviceListChanged list -> applyDeviceList(list);
                case RoomScoped scoped -> markRoom(scoped.room(), change.position());
                case UserScoped scoped -> markUser(scoped.user(), change.position(), 0);
                default -> {}
            }
        }
    }

    private void applyEvent(EventChange event) {
        event.memberChanges().forEach(member -> applyMember(event, member));
        markRoom(event.room(), event.position());
    }

    private void applyMember(EventChange event, EventChange.MemberChange member) {
        UserView view = views.get(member.user());
        if (view == null) {
            return;
        }
        view.joined(
                new UserMembership(
                        event.room(), event.position(), member.membership(), member.event()));
        toWake.add(view);
        if (member.membership() == Membership.JOIN) {
            index(event.room(), view);
        } else {
            unindex(event.room(), view);
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

    @Override
    public void applied(List<Change> changes, long position) {
        for (UserView view : toWake) {
            view.wake(position);
        }
        toWake.clear();
    }

    /// Wakes the members of a room for something without a position of the stream (typing).
    public void wakeRoom(long room, long ephemeral) {
        for (UserView view : joined.getOrDefault(room, Set.of())) {
            view.wakeEphemeral(ephemeral);
        }
    }
}
