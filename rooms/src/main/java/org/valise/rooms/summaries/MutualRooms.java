package org.valise.rooms.summaries;

import org.valise.accounts.users.UserNumbers;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Stream;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.UserId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.CurrentRooms;
import org.valise.rooms.view.CurrentRooms.CurrentRoom;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The rooms that two people are both in.
public final class MutualRooms {
    private static final int PAGE = 500;

    /// Of the caller's rooms that a user of another server may be in, so many are looked at for one
    /// page.
    private static final int LOOKED_AT = 500;

    private final Stream stream;
    private final MembershipStore memberships;
    private final UserNumbers users;
    private final Predicate<UserId> local;
    private final CurrentRooms currentRooms;
    private final StateKeys keys;
    private final Events events;

    public MutualRooms(
            Stream stream,
            MembershipStore memberships,
            UserNumbers users,
            Predicate<UserId> local,
            CurrentRooms currentRooms,
            StateKeys keys,
            Events events) {
        this.stream = stream;
        this.memberships = memberships;
        this.users = users;
        this.local = local;
        this.currentRooms = currentRooms;
        this.keys = keys;
        this.events = events;
    }

    /// Some of the rooms.
    ///
    /// @param count of all of them, as far as that is known
    /// @param next the room's number after which to go on; empty at the end
    record Page(List<RoomId> rooms, int count, OptionalLong next) {}

    /// @param after the number of a room
    Page with(Caller caller, UserId other, long after) {
        long now = stream.applied();
        Optional<Long> number = users.find(other);
        if (number.isEmpty()) {
            return new Page(List.of(), 0, OptionalLong.empty());
        }
        if (!local.test(other)) {
            return withStranger(caller, other, after, now);
        }
        SortedMap<Long, RoomId> all = memberships.mutual(caller.userNumber(), number.get(), now);
        List<Map.Entry<Long, RoomId>> rest = List.copyOf(all.tailMap(after + 1).entrySet());
        List<Map.Entry<Long, RoomId>> page = rest.subList(0, Math.min(rest.size(), PAGE));
        return new Page(
                page.stream().map(Map.Entry::getValue).toList(),
                all.size(),
                page.size() < rest.size()
                        ? OptionalLong.of(page.getLast().getKey())
                        : OptionalLong.empty());
    }

    /// Where somebody of another server is, only the states of rooms know.
    private Page withStranger(Caller caller, UserId other, long after, long now) {
        Optional<Long> key = keys.find(StateKey.member(other));
        if (key.isEmpty()) {
            return new Page(List.of(), 0, OptionalLong.empty());
        }
        List<Long> own =
                memberships.newest(caller.userNumber(), now).stream()
                        .filter(each -> each.membership() == Membership.JOIN)
                        .map(UserMembership::room)
                        .filter(room -> room > after)
                        .sorted()
                        .toList();
        List<Long> page = own.subList(0, Math.min(own.size(), LOOKED_AT));
        Map<Long, List<Long>> members = new HashMap<>();
        for (Map.Entry<Long, CurrentRoom> room : currentRooms.at(page, now).entrySet()) {
            long member = room.getValue().state().get(key.get());
            if (member != 0) {
                members.put(room.getKey(), List.of(member));
            }
        }
        SortedMap<Long, RoomId> mutual = new TreeMap<>();
        for (StoredEvent member : events.load(members).values()) {
            if (Membership.of(member.event().content()).equals(Optional.of(Membership.JOIN))) {
                mutual.put(member.room(), member.event().roomId());
            }
        }
        return new Page(
                List.copyOf(mutual.values()),
                mutual.size(),
                page.size() < own.size() ? OptionalLong.of(page.getLast()) : OptionalLong.empty());
    }
}
