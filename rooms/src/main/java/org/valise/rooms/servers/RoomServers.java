package org.valise.rooms.servers;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.jspecify.annotations.Nullable;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.acl.ServerAcl;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.ServerMemberStore;
import org.valise.rooms.members.ServerMemberStore.RoomStays;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which servers are in which room, this one included, and which of them its ACL permits: from
/// memory for rooms that were asked of lately.
///
/// A room is given by its number. What nobody here is in any more is as it was when the last one
/// left.
public final class RoomServers implements StreamFollower {
    private static final StateKey ACL = new StateKey(EventTypes.SERVER_ACL, "");
    private static final int MOST_SERVERS = 200_000;

    private final ServerName own;
    private final ServerMemberStore store;
    private final MembershipStore memberships;
    private final StateKeys keys;
    private final StateStore states;
    private final Events events;
    private final Cache<Long, ServersOfRoom> known =
            Caffeine.newBuilder()
                    .maximumWeight(MOST_SERVERS)
                    .weigher((Long room, ServersOfRoom servers) -> 5 + servers.elsewhere().size())
                    .build();

    /// Reads that are under way; guarded by itself.
    private final Set<Loading> loading = new HashSet<>();

    private volatile long aclKey;

    /// @param own this server's name
    public RoomServers(
            ServerName own,
            ServerMemberStore store,
            MembershipStore memberships,
            StateKeys keys,
            StateStore states,
            Events events) {
        this.own = own;
        this.store = store;
        this.memberships = memberships;
        this.keys = keys;
        this.states = states;
        this.events = events;
    }

    /// The servers with a joined member in a room.
    public Set<ServerName> joined(long room) {
        ServersOfRoom servers = get(room);
        Set<ServerName> joined = servers.others();
        if (servers.here() > 0) {
            joined.add(own);
        }
        return joined;
    }

    /// The other servers with a joined member in any of these rooms.
    public Set<ServerName> othersIn(Collection<Long> rooms) {
        Set<ServerName> others = new HashSet<>();
        get(rooms).values().forEach(servers -> others.addAll(servers.others()));
        return others;
    }

    /// The other servers that are in a room together with a local user.
    public Set<ServerName> sharingWith(long user, long asOf) {
        return othersIn(memberships.joinedRooms(List.of(user), asOf).getOrDefault(user, List.of()));
    }

    /// The same, leaving out one room.
    public Set<ServerName> sharingWith(long user, long asOf, long without) {
        List<Long> rooms =
                memberships.joinedRooms(List.of(user), asOf).getOrDefault(user, List.of());
        return othersIn(rooms.stream().filter(room -> room != without).toList());
    }

    /// Whether the first member of another server that is in the room came at a position.
    public boolean cameAt(long room, ServerName server, long position) {
        ServerMemberStore.Stay stay = get(room).elsewhere().get(server);
        return stay != null && stay.isIn() && stay.since() == position;
    }

    public boolean isIn(long room, ServerName server) {
        return isIn(get(room), server);
    }

    private boolean isIn(ServersOfRoom servers, ServerName server) {
        if (server.equals(own)) {
            return servers.here() > 0;
        }
        ServerMemberStore.Stay stay = servers.elsewhere().get(server);
        return stay != null && stay.isIn();
    }

    /// Whether this server is in a room: as long as one of its users is.
    public boolean isHere(long room) {
        return isIn(room, own);
    }

    /// Those of the rooms that this server is in.
    public Set<Long> here(Collection<Long> rooms) {
        Set<Long> here = new HashSet<>();
        get(rooms)
                .forEach((room, servers) -> {
                    if (servers.here() > 0) {
                        here.add(room);
                    }
                });
        return here;
    }

    /// The rooms that another server is in.
    public List<Long> roomsOf(ServerName server) {
        return store.roomsOf(server);
    }

    /// Whether the room's present ACL permits a server to take part.
    public boolean allowed(long room, ServerName server) {
        return get(room).acl().allows(server);
    }

    /// The other servers that were in the room before or after what happened at a position.
    public Set<ServerName> concerned(long room, long position) {
        return get(room).concerned(position);
    }

    private ServersOfRoom get(long room) {
        ServersOfRoom servers = known.getIfPresent(room);
        return servers != null
                ? servers
                : get(List.of(room)).getOrDefault(room, ServersOfRoom.NONE);
    }

    private Map<Long, ServersOfRoom> get(Collection<Long> rooms) {
        Map<Long, ServersOfRoom> found = new HashMap<>();
        List<Long> unknown = new ArrayList<>();
        for (long room : rooms) {
            ServersOfRoom servers = known.getIfPresent(room);
            if (servers == null) {
                unknown.add(room);
            } else {
                found.put(room, servers);
            }
        }
        if (!unknown.isEmpty()) {
            found.putAll(load(unknown));
        }
        return found;
    }

    /// Rooms that are being read, and those of them that changed meanwhile.
    private static final class Loading {
        final Set<Long> changed = new HashSet<>();
    }

    private Map<Long, ServersOfRoom> load(Collection<Long> rooms) {
        Loading mine = new Loading();
        synchronized (loading) {
            loading.add(mine);
        }
        try {
            Map<Long, ServersOfRoom> loaded = read(rooms);
            synchronized (loading) {
                loaded.forEach((room, servers) -> {
                    if (!mine.changed.contains(room)) {
                        known.put(room, servers);
                    }
                });
            }
            return loaded;
        } finally {
            synchronized (loading) {
                loading.remove(mine);
            }
        }
    }

    private Map<Long, ServersOfRoom> read(Collection<Long> rooms) {
        long acl = keys.number(ACL);
        aclKey = acl;
        Map<Long, RoomStays> stays = store.of(rooms);
        Map<Long, StateSnapshot> snapshots =
                states.snapshots(stays.values().stream().map(RoomStays::snapshot).toList());
        Map<Long, List<Long>> acls = new HashMap<>();
        stays.forEach((room, stay) -> {
            StateSnapshot state = snapshots.getOrDefault(stay.snapshot(), StateSnapshot.EMPTY);
            long event = state.get(acl);
            if (event != 0) {
                acls.put(room, List.of(event));
            }
        });
        Map<Long, StoredEvent> contents = events.load(acls);
        Map<Long, ServersOfRoom> read = new HashMap<>();
        for (long room : rooms) {
            RoomStays stay = stays.get(room);
            if (stay == null) {
                read.put(room, ServersOfRoom.NONE);
                continue;
            }
            ServersOfRoom servers =
                    new ServersOfRoom(
                            stay.position(), stay.here(), stay.elsewhere(), 0, ServerAcl.OPEN);
            StoredEvent event =
                    acls.containsKey(room) ? contents.get(acls.get(room).getFirst()) : null;
            read.put(room, event == null ? servers : withAcl(servers, event));
        }
        return read;
    }

    private static ServersOfRoom withAcl(ServersOfRoom servers, StoredEvent event) {
        return servers.withAcl(event.number(), ServerAcl.of(event.event().content()));
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof EventChange event && event.after() != null) {
                synchronized (loading) {
                    loading.forEach(each -> each.changed.add(event.room()));
                }
                known.asMap().computeIfPresent(event.room(), (room, now) -> next(now, event));
            }
        }
    }

    /// Null, so that it is read anew, where the change does not tell what is to be known.
    private @Nullable ServersOfRoom next(ServersOfRoom now, EventChange change) {
        StateSnapshot after = change.after();
        Map<ServerName, Integer> more = change.servers();
        if (after == null || change.position() <= now.position()) {
            return now;
        }
        if (more == null) {
            return null;
        }
        ServersOfRoom next = now.changed(change.position(), change.members().joined(), more);
        long acl = after.get(aclKey);
        if (acl == next.aclEvent()) {
            return next;
        }
        if (acl == 0) {
            return next.withAcl(0, ServerAcl.OPEN);
        }
        return acl == change.event().number() ? withAcl(next, change.event()) : null;
    }
}
