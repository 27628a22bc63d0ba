package org.valise.rooms.admission;

import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomViews;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Of whom and of which rooms another server may tell something that is no event.
///
/// Spec: server-server API, "Typing Notifications", "Receipts", "Server Access Control Lists".
public final class RemoteMembers {
    /// SECURITY: that are looked at for one request.
    private static final int MOST_ROOMS = 200;

    private final RoomStore rooms;
    private final MembershipStore memberships;
    private final RoomServers servers;
    private final ServerName here;
    private final RoomViews views;
    private final StateKeys keys;
    private final Events events;

    public RemoteMembers(
            RoomStore rooms,
            MembershipStore memberships,
            RoomServers servers,
            ServerName here,
            RoomViews views,
            StateKeys keys,
            Events events) {
        this.rooms = rooms;
        this.memberships = memberships;
        this.servers = servers;
        this.here = here;
        this.views = views;
        this.keys = keys;
        this.events = events;
    }

    /// A room that somebody here is in, and that lets this server take part.
    public Optional<RoomRef> room(ServerName origin, RoomId id) {
        return rooms.find(id)
                .filter(room -> servers.isIn(room.number(), here))
                .filter(room -> servers.allowed(room.number(), origin));
    }

    /// Whether a local user is in a room with a user of another server.
    public boolean share(long caller, UserId other) {
        if (other.server().equals(here)) {
            return false;
        }
        return memberships
                .joinedRooms(List.of(caller), Long.MAX_VALUE)
                .getOrDefault(caller, List.of())
                .stream()
                .filter(room -> servers.isIn(room, other.server()))
                .limit(MOST_ROOMS)
                .anyMatch(
                        room -> !joined(rooms.get(room), other.server(), List.of(other)).isEmpty());
    }

    /// Those of some users who are of this server and joined to the room, in at most two queries.
    public Set<UserId> joined(RoomRef room, ServerName origin, Collection<UserId> users) {
        List<StateKey> wanted =
                users.stream()
                        .filter(user -> user.server().equals(origin))
                        .map(StateKey::member)
                        .toList();
        if (wanted.isEmpty()) {
            return Set.of();
        }
        StateSnapshot state = views.get(room.number()).stateAt(Long.MAX_VALUE);
        Map<StateKey, Long> numbers = new HashMap<>();
        keys.find(wanted)
                .forEach((key, number) -> {
                    if (state.get(number) != 0) {
                        numbers.put(key, state.get(number));
                    }
                });
        Map<Long, StoredEvent> members = events.load(room.number(), numbers.values());
        Set<UserId> joined = new HashSet<>();
        numbers.forEach((key, number) -> {
            StoredEvent member = members.get(number);
            if (member != null
                    && Membership.of(member.event().content())
                            .equals(Optional.of(Membership.JOIN))) {
                joined.add(UserId.parse(key.key()));
            }
        });
        return joined;
    }
}
