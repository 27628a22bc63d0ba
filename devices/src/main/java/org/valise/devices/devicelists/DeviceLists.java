package org.valise.devices.devicelists;

import org.valise.accounts.users.UserNumbers;
import org.valise.devices.changes.DeviceListStore;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.rooms.Rooms;
import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.state.StateLookups;
import org.valise.rooms.state.StateSnapshot;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Whose device lists a user must look at anew, and whose they need not follow any more, between
/// any two positions.
///
/// It is enough to look at the rooms whose members changed and at the users whose lists did; what
/// they share is looked up only for those.
public final class DeviceLists {
    /// Whether users who came into a room were together with the user in another one all along is
    /// found out up to so many pairs of user and room; beyond, all of them count as changed, which
    /// the specification allows *for the sake of simpler logic*.
    private static final long MAX_LOOKUPS = 2_000_000;

    private final Rooms rooms;
    private final UserNumbers users;
    private final DeviceListStore store;
    private final StateLookups lookups;

    public DeviceLists(Rooms rooms, UserNumbers users, DeviceListStore store) {
        this.rooms = rooms;
        this.users = users;
        this.store = store;
        this.lookups = new StateLookups(rooms.states());
    }

    /// What changed in `(from, to]`, without a query where nothing did.
    ///
    /// @param own what is known in memory; what it does not know any more is read
    public DeviceListChanges between(OwnStream own, long from, long to) {
        Optional<Set<Long>> changedRooms = own.roomsChangedAfter(from);
        Optional<Set<Long>> changedLists = own.deviceListsChangedAfter(from);
        if (changedRooms.isEmpty() || changedLists.isEmpty()) {
            return between(own.user(), from, to);
        }
        if (changedRooms.get().isEmpty() && changedLists.get().isEmpty()) {
            return DeviceListChanges.NONE;
        }
        RoomStates states =
                new RoomStates() {
                    @Override
                    public StateSnapshot before(long room) {
                        return rooms.views().get(room).stateAt(from);
                    }

                    @Override
                    public StateSnapshot after(long room) {
                        return rooms.views().get(room).stateAt(to);
                    }
                };
        Set<Long> wanted = new HashSet<>(changedRooms.get());
        wanted.remove(0L);
        return new Search(own.user(), states)
                .find(wanted, changedLists.get(), () -> joined(own.membershipsAt(to)));
    }

    /// The same from the database alone.
    public DeviceListChanges between(long user, long from, long to) {
        if (from >= to) {
            return DeviceListChanges.NONE;
        }
        Set<Long> joinedAfter = joined(rooms.memberships().newest(user, to));
        Set<Long> ever = new HashSet<>(joinedAfter);
        ever.addAll(joined(rooms.memberships().newest(user, from)));
        Map<Long, CurrentStateStore.Entry> before = rooms.currentStates().at(ever, from);
        Map<Long, CurrentStateStore.Entry> after = rooms.currentStates().at(ever, to);
        RoomStates states =
                new RoomStates() {
                    @Override
                    public StateSnapshot before(long room) {
                        return snapshot(before, room);
                    }

                    @Override
                    public StateSnapshot after(long room) {
                        return snapshot(after, room);
                    }
                };
        Set<Long> changed =
                ever.stream()
                        .filter(room -> number(before, room) != number(after, room))
                        .collect(Collectors.toSet());
        warm(user, changed, List.of(before, after));
        return new Search(user, states)
                .find(changed, store.changedUsers(from, to, user), () -> joinedAfter);
    }

    /// Takes into memory what the user was in these rooms, in a handful of queries for all of them.
    private void warm(long user, Set<Long> changed, List<Map<Long, CurrentStateStore.Entry>> ends) {
        Map<Long, Long> roomOf = new HashMap<>();
        for (Map<Long, CurrentStateStore.Entry> end : ends) {
            changed.forEach(room -> roomOf.put(number(end, room), room));
        }
        long self = Togetherness.key(rooms, users.user(user));
        Map<Long, Set<Long>> events = new HashMap<>();
        lookups.find(roomOf.keySet(), List.of(self))
                .forEach((snapshot, found) ->
                        events.computeIfAbsent(
                                        Objects.requireNonNull(roomOf.get(snapshot)),
                                        any -> new HashSet<>())
                                .addAll(found));
        rooms.events().warm(events);
    }

    private StateSnapshot snapshot(Map<Long, CurrentStateStore.Entry> entries, long room) {
        return rooms.states().snapshot(number(entries, room));
    }

    private static long number(Map<Long, CurrentStateStore.Entry> entries, long room) {
        return entries.getOrDefault(room, CurrentStateStore.Entry.NONE).snapshot();
    }

    private static Set<Long> joined(List<UserMembership> memberships) {
        return memberships.stream()
                .filter(membership -> membership.membership() == Membership.JOIN)
                .map(UserMembership::room)
                .collect(Collectors.toSet());
    }

    /// One question.
    private final class Search {
        private final long user;
        private final UserId id;
        private final Togetherness together;

        Search(long user, RoomStates states) {
            this.user = user;
            this.id = users.user(user);
            this.together = new Togetherness(rooms, states, Togetherness.key(rooms, id));
        }

        /// @param own the rooms the user is in at the end, looked up when it must be known
        DeviceListChanges find(
                Collection<Long> changedRooms,
                Collection<Long> changedLists,
                Supplier<Set<Long>> own) {
            Set<Long> came = new HashSet<>();
            Set<Long> met = new HashSet<>();
            Set<Long> went = new HashSet<>();
            for (long room : changedRooms) {
                Togetherness.Movement movement = together.in(room);
                came.addAll(movement.came());
                went.addAll(movement.went());
                if (movement.entered()) {
                    met.addAll(movement.came());
                }
            }
            went.removeAll(came);
            if (came.isEmpty() && went.isEmpty() && changedLists.isEmpty()) {
                return DeviceListChanges.NONE;
            }
            Set<Long> joined = own.get();
            Set<Long> unknown = withoutKnown(came, joined);
            Set<String> changed = new HashSet<>(names(unknown));
            changed.addAll(names(shared(keys(changedLists), joined)));
            // Whoever enters a room to others shares it as they do: the user's other devices look
            // at their own list, too.
            if (changedLists.contains(user) || !Collections.disjoint(met, unknown)) {
                changed.add(id.value());
            }
            went.removeAll(shared(went, joined));
            return new DeviceListChanges(changed, names(went));
        }

        /// Without those who were with the user in another room all along.
        private Set<Long> withoutKnown(Set<Long> came, Set<Long> joined) {
            Set<Long> unknown = new HashSet<>(came);
            if ((long) came.size() * joined.size() <= MAX_LOOKUPS) {
                for (long room : joined) {
                    if (unknown.isEmpty()) {
                        break;
                    }
                    unknown.removeAll(together.togetherThroughout(room, unknown));
                }
            }
            return unknown;
        }

        /// SECURITY: those who share a room with the user, and nobody else.
        private Set<Long> shared(Set<Long> others, Set<Long> joined) {
            Set<Long> unshared = new HashSet<>(others);
            Set<Long> shared = new HashSet<>();
            for (long room : joined) {
                if (unshared.isEmpty()) {
                    break;
                }
                Set<Long> found = together.togetherAfter(room, unshared);
                shared.addAll(found);
                unshared.removeAll(found);
            }
            return shared;
        }

        private Set<Long> keys(Collection<Long> numbers) {
            List<Long> others = numbers.stream().filter(number -> number != user).toList();
            List<StateKey> wanted =
                    users.users(others).values().stream().map(StateKey::member).toList();
            return new HashSet<>(rooms.keys().find(wanted).values());
        }

        private Set<String> names(Set<Long> keys) {
            return rooms
                    .keys()
                    .names(keys.stream().mapToLong(Long::longValue).toArray())
                    .values()
                    .stream()
                    .map(StateKey::key)
                    .collect(Collectors.toSet());
        }
    }
}
