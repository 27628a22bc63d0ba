package org.valise.sync.streams;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;

import java.util.List;
import java.util.Objects;

/// The rooms of users who do not sync on this node.
final class JoinedRooms {
    private static final int MAX_USERS = 20_000;

    private final MembershipStore memberships;
    private final Cache<Long, List<Long>> known =
            Caffeine.newBuilder().maximumSize(MAX_USERS).build();

    JoinedRooms(MembershipStore memberships) {
        this.memberships = memberships;
    }

    List<Long> of(long user) {
        return Objects.requireNonNull(known.get(user, this::read));
    }

    private List<Long> read(long user) {
        return memberships.newest(user, Long.MAX_VALUE).stream()
                .filter(each -> each.membership() == Membership.JOIN)
                .map(MembershipStore.UserMembership::room)
                .toList();
    }

    /// The user's memberships changed.
    void forget(long user) {
        known.invalidate(user);
    }
}
