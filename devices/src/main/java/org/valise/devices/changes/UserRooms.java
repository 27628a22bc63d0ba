package org.valise.devices.changes;

import org.valise.accounts.users.UserNumbers;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.rooms.Rooms;
import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.members.Membership;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.state.StateLookups;
import org.valise.rooms.state.StateSnapshot;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The rooms that users of any server share with users of this one.
///
/// Where users of other servers are only the states of rooms know: those of the rooms that their
/// server is in are looked at.
public final class UserRooms {
    private final Rooms rooms;
    private final RoomServers servers;
    private final UserNumbers users;
    private final StateLookups lookups;
    private final ServerName here;

    public UserRooms(Rooms rooms, RoomServers servers, UserNumbers users, ServerName here) {
        this.rooms = rooms;
        this.servers = servers;
        this.users = users;
        this.lookups = new StateLookups(rooms.states());
        this.here = here;
    }

    /// The rooms by user, by their numbers, as of a position.
    public Map<Long, List<Long>> of(Collection<Long> numbers, long asOf) {
        Map<Long, UserId> wanted = users.users(numbers);
        List<Long> local = new ArrayList<>();
        Map<ServerName, Map<Long, Long>> remote = new HashMap<>();
        Map<StateKey, Long> keys =
                rooms.keys()
                        .find(
                                wanted.values().stream()
                                        .filter(user -> !user.server().equals(here))
                                        .map(StateKey::member)
                                        .toList());
        wanted.forEach((number, user) -> {
            Long key = keys.get(StateKey.member(user));
            if (user.server().equals(here)) {
                local.add(number);
            } else if (key != null) {
                remote.computeIfAbsent(user.server(), any -> new HashMap<>()).put(number, key);
            }
        });
        Map<Long, List<Long>> found = new HashMap<>();
        if (!local.isEmpty()) {
            found.putAll(rooms.memberships().joinedRooms(local, asOf));
        }
        remote.forEach((server, members) -> add(server, members, asOf, found));
        return found;
    }

    /// Those of some users of other servers who are in a room with a user of this one.
    public Set<UserId> sharing(Collection<UserId> wanted, long asOf) {
        Map<UserId, Long> numbers = users.find(wanted);
        Set<Long> sharing = of(numbers.values(), asOf).keySet();
        Set<UserId> found = new HashSet<>();
        numbers.forEach((user, number) -> {
            if (sharing.contains(number)) {
                found.add(user);
            }
        });
        return found;
    }

    /// @param members of one server: what stands for them in states, by their numbers
    private void add(
            ServerName server, Map<Long, Long> members, long asOf, Map<Long, List<Long>> found) {
        Set<Long> shared = servers.here(servers.roomsOf(server));
        Map<Long, CurrentStateStore.Entry> states = rooms.currentStates().at(shared, asOf);
        lookups.find(
                states.values().stream().map(CurrentStateStore.Entry::snapshot).toList(),
                members.values());
        Map<Long, Map<Long, Long>> events = new HashMap<>();
        states.forEach((room, entry) -> {
            StateSnapshot state = rooms.states().snapshot(entry.snapshot());
            members.forEach((number, key) -> {
                long event = state.get(key);
                if (event != 0) {
                    events.computeIfAbsent(room, any -> new HashMap<>()).put(event, number);
                }
            });
        });
        Map<Long, Set<Long>> wanted = new HashMap<>();
        events.forEach((room, ofRoom) -> wanted.put(room, ofRoom.keySet()));
        rooms.events()
                .load(wanted)
                .forEach((event, stored) -> {
                    Long number = events.getOrDefault(stored.room(), Map.of()).get(event);
                    if (number != null
                            && Membership.of(stored.event().content())
                                    .equals(Optional.of(Membership.JOIN))) {
                        found.computeIfAbsent(number, any -> new ArrayList<>()).add(stored.room());
                    }
                });
    }
}
