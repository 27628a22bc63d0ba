package org.valise.rooms.lane;

import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.UserId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Local users whose membership was known from outside the room only, at the moment when somebody
/// of this server comes in: from then on they are what the room's state says.
record ComingIn(Collection<UserId> users) {
    static final ComingIn NOBODY = new ComingIn(List.of());

    static ComingIn into(long room, RoomWriter.Tools tools) {
        List<Long> outside = new MembershipStore(tools.database()).outside(room);
        return new ComingIn(List.copyOf(tools.users().users(outside).values()));
    }

    /// What they are from then on.
    List<EventChange.MemberChange> to(
            StateSnapshot state, RoomWriter.Tools tools, UnitMemory memory) {
        Map<StateKey, StoredEvent> members =
                memory.state(state, users.stream().map(StateKey::member).toList());
        List<EventChange.MemberChange> changes = new ArrayList<>();
        for (UserId user : users) {
            StoredEvent member = members.get(StateKey.member(user));
            Membership membership =
                    Optional.ofNullable(member)
                            .flatMap(event -> Membership.of(event.event().content()))
                            .orElse(Membership.LEAVE);
            changes.add(
                    new EventChange.MemberChange(
                            tools.users().number(user),
                            membership,
                            member == null ? 0 : member.number()));
        }
        return changes;
    }
}
