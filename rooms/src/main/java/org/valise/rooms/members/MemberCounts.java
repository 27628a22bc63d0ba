package org.valise.rooms.members;

import java.util.Optional;

/// How many members a room has, remote ones included.
public record MemberCounts(int joined, int invited) {
    public static final MemberCounts NONE = new MemberCounts(0, 0);

    /// After one member went from one membership to another.
    public MemberCounts changed(Optional<Membership> from, Optional<Membership> to) {
        return new MemberCounts(
                joined + one(to, Membership.JOIN) - one(from, Membership.JOIN),
                invited + one(to, Membership.INVITE) - one(from, Membership.INVITE));
    }

    private static int one(Optional<Membership> membership, Membership counted) {
        return membership.filter(found -> found == counted).isPresent() ? 1 : 0;
    }
}
