package org.valise.rooms.outside;

import org.valise.accounts.users.UserNumbers;
import org.valise.protocol.event.Event;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.members.OutsideMember;
import org.valise.rooms.members.OutsideMemberStore;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;

import java.util.Collection;
import java.util.List;

/// The member events of local users, whether they are part of a room or known from outside only.
public final class MemberEvents {
    private final Events events;
    private final OutsideMemberStore members;
    private final StateKeys keys;
    private final UserNumbers users;

    public MemberEvents(
            Events events, OutsideMemberStore members, StateKeys keys, UserNumbers users) {
        this.events = events;
        this.members = members;
        this.keys = keys;
        this.users = users;
    }

    /// The event of a membership, which must have one.
    public StoredEvent of(UserMembership membership) {
        if (!membership.isOutside()) {
            return events.get(membership.room(), membership.event());
        }
        Event event = outside(membership).event();
        StoredEvent stored =
                StoredEvent.draft(
                        membership.room(),
                        membership.event(),
                        event,
                        EventStatus.OUTLIER,
                        keys.number(event.key()),
                        users.number(event.sender()),
                        0,
                        null,
                        0,
                        null);
        stored.committedAt(membership.position());
        return stored;
    }

    /// What an outside membership came with.
    public OutsideMember outside(UserMembership membership) {
        return members.get(-membership.event());
    }

    /// Takes those of outside into memory, in at most one query.
    public void warm(Collection<UserMembership> memberships) {
        List<Long> outside =
                memberships.stream()
                        .filter(UserMembership::isOutside)
                        .map(membership -> -membership.event())
                        .toList();
        if (!outside.isEmpty()) {
            members.warm(outside);
        }
    }
}
