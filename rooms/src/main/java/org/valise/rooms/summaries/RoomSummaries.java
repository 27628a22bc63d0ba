package org.valise.rooms.summaries;

import org.jspecify.annotations.Nullable;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Stream;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.summaries.RemoteRooms.RemoteRoom;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.CurrentRooms;
import org.valise.rooms.view.CurrentRooms.CurrentRoom;
import org.valise.rooms.visibility.ServerVisibility;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads what is told of rooms: for any number of them in a handful of queries, and hardly any for
/// rooms that are being read anyway.
public final class RoomSummaries {
    private final Stream stream;
    private final RoomStore rooms;
    private final CurrentRooms currentRooms;
    private final StateKeys keys;
    private final Events events;
    private final MembershipStore memberships;
    private final RoomServers servers;
    private final ServerVisibility visibility;

    public RoomSummaries(
            Stream stream,
            RoomStore rooms,
            CurrentRooms currentRooms,
            StateKeys keys,
            Events events,
            MembershipStore memberships,
            RoomServers servers,
            ServerVisibility visibility) {
        this.stream = stream;
        this.rooms = rooms;
        this.currentRooms = currentRooms;
        this.keys = keys;
        this.events = events;
        this.memberships = memberships;
        this.servers = servers;
        this.visibility = visibility;
    }

    /// Those of the rooms that somebody here is in: of the others this server knows nothing that is
    /// true now.
    public Map<RoomId, RoomRef> here(Collection<RoomId> wanted) {
        Map<RoomId, RoomRef> known = new HashMap<>(rooms.find(wanted));
        Set<Long> here = servers.here(known.values().stream().map(RoomRef::number).toList());
        known.values().removeIf(room -> !here.contains(room.number()));
        return known;
    }

    /// What somebody is told of these rooms, by id. Rooms that nobody here is in are missing, and
    /// so are those that the reader may not know of.
    ///
    /// @param reader null for somebody who has not said who they are
    public Map<RoomId, Told> told(Collection<RoomId> wanted, @Nullable Caller reader) {
        long now = stream.applied();
        Map<RoomId, RoomRef> known = here(wanted);
        List<RoomSummary> summaries = read(known.values(), now);
        Set<RoomId> allowed = new HashSet<>();
        summaries.forEach(summary -> allowed.addAll(summary.allowed()));
        Map<RoomId, RoomRef> all = new HashMap<>(rooms.find(allowed));
        all.putAll(known);
        Map<Long, Membership> own =
                reader == null
                        ? Map.of()
                        : memberships.of(
                                reader.userNumber(),
                                all.values().stream().map(RoomRef::number).toList(),
                                now);
        Map<RoomId, Told> told = new HashMap<>();
        for (RoomSummary summary : summaries) {
            Membership membership = own.get(summary.room().number());
            if (SummaryRules.mayKnow(summary, membership, room -> isJoined(all.get(room), own))) {
                told.put(summary.room().id(), new Told(summary, membership));
            }
        }
        return told;
    }

    /// What another server is told of these rooms: of those that its users may read or enter.
    public Map<RoomId, RoomSummary> told(Collection<RoomId> wanted, ServerName server) {
        List<RoomSummary> summaries = read(here(wanted).values(), stream.applied());
        Set<RoomId> allowed = new HashSet<>();
        summaries.forEach(summary -> allowed.addAll(summary.allowed()));
        Map<RoomId, RoomRef> entrances = here(allowed);
        Map<RoomId, RoomSummary> told = new HashMap<>();
        for (RoomSummary summary : summaries) {
            long room = summary.room().number();
            boolean known =
                    servers.allowed(room, server)
                            && SummaryRules.mayKnow(
                                    summary,
                                    membership(server, room),
                                    id -> {
                                        RoomRef entrance = entrances.get(id);
                                        return entrance != null
                                                && servers.isIn(entrance.number(), server);
                                    });
            if (known) {
                told.put(summary.room().id(), summary);
            }
        }
        return told;
    }

    private @Nullable Membership membership(ServerName server, long room) {
        if (servers.isIn(room, server)) {
            return Membership.JOIN;
        }
        return visibility.of(server, room).isInvited() ? Membership.INVITE : null;
    }

    /// What somebody is told of rooms that other servers tell of: they may be invited to such a
    /// room, too.
    public List<ToldElsewhere> told(List<RemoteRoom> remote, Caller reader) {
        Set<RoomId> named = new HashSet<>();
        remote.forEach(room -> {
            named.add(room.id());
            named.addAll(room.allowed());
        });
        Map<RoomId, RoomRef> known = rooms.find(named);
        Map<Long, Membership> own =
                memberships.of(
                        reader.userNumber(),
                        known.values().stream().map(RoomRef::number).toList(),
                        stream.applied());
        List<ToldElsewhere> told = new ArrayList<>();
        for (RemoteRoom room : remote) {
            RoomRef ref = known.get(room.id());
            Membership membership = ref == null ? null : own.get(ref.number());
            if (SummaryRules.mayKnow(
                    room, membership, allows -> isJoined(known.get(allows), own))) {
                told.add(new ToldElsewhere(room, membership));
            }
        }
        return told;
    }

    private static boolean isJoined(@Nullable RoomRef room, Map<Long, Membership> own) {
        return room != null && own.get(room.number()) == Membership.JOIN;
    }

    private List<RoomSummary> read(Collection<RoomRef> wanted, long now) {
        Map<Long, CurrentRoom> current =
                currentRooms.at(wanted.stream().map(RoomRef::number).toList(), now);
        Map<StateKey, Long> numbers = keys.find(RoomSummary.STATE);
        Map<Long, List<Long>> shown = new HashMap<>();
        current.forEach((room, each) ->
                shown.put(
                        room,
                        numbers.values().stream()
                                .map(each.state()::get)
                                .filter(event -> event != 0)
                                .toList()));
        Map<Long, StoredEvent> loaded = events.load(shown);
        List<RoomSummary> summaries = new ArrayList<>();
        for (RoomRef room : wanted) {
            CurrentRoom each = current.get(room.number());
            if (each != null) {
                summaries.add(
                        new RoomSummary(
                                room,
                                each.state(),
                                shown(each.state(), numbers, loaded),
                                each.members().joined()));
            }
        }
        return summaries;
    }

    private static Map<StateKey, Event> shown(
            StateSnapshot state, Map<StateKey, Long> numbers, Map<Long, StoredEvent> loaded) {
        Map<StateKey, Event> shown = new HashMap<>();
        numbers.forEach((key, number) -> {
            StoredEvent event = loaded.get(state.get(number));
            if (event != null) {
                shown.put(key, event.event());
            }
        });
        return shown;
    }

    /// What somebody is told.
    ///
    /// @param membership of the reader; null if they never had one
    public record Told(RoomSummary summary, @Nullable Membership membership) {}

    /// What somebody is told of a room that another server tells of.
    ///
    /// @param membership of the reader; null if they never had one
    public record ToldElsewhere(RemoteRoom room, @Nullable Membership membership) {}
}
