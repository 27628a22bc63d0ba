package org.valise.rooms.members;

import org.valise.rooms.timeline.RoomRef;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/// Whether this server is in rooms: as long as one of its users is joined.
///
/// What is known of a room that everybody here has left is what it was then; a room that is only
/// known by events of other servers is none that could be joined from here.
public final class Residence {
    private final MembershipStore memberships;

    public Residence(MembershipStore memberships) {
        this.memberships = memberships;
    }

    public boolean isIn(RoomRef room) {
        return !memberships.withLocalMembers(Set.of(room.number())).isEmpty();
    }

    /// Those of the rooms that this server is in, in one query.
    public Set<RoomRef> among(Collection<RoomRef> rooms) {
        Set<Long> here = memberships.withLocalMembers(rooms.stream().map(RoomRef::number).toList());
        return rooms.stream()
                .filter(room -> here.contains(room.number()))
                .collect(Collectors.toSet());
    }
}
