package org.valise.rooms.lane;

import org.valise.rooms.members.MemberCounts;
import org.valise.rooms.members.Membership;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How the memberships of a room differ between two states.
final class MemberDifference {
    static final MemberDifference NONE = new MemberDifference();

    private final List<EventChange.MemberChange> local = new ArrayList<>();
    private MemberCounts difference = MemberCounts.NONE;

    void count(Optional<Membership> from, Optional<Membership> to) {
        difference = difference.changed(from, to);
    }

    /// @param event the number of the member event; 0 if there is none any more
    void add(long user, Membership membership, long event) {
        local.add(new EventChange.MemberChange(user, membership, event));
    }

    MemberCounts counts(MemberCounts before) {
        return new MemberCounts(
                before.joined() + difference.joined(), before.invited() + difference.invited());
    }

    List<EventChange.MemberChange> local() {
        return List.copyOf(local);
    }
}
