package org.valise.sync.streams;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;

/// The rooms of users who do not sync on this node, those of other servers included.
final class JoinedRooms {
    private static final int MAX_USERS = 20_000;

    /// What users of other servers join and leave is not heard of one by one.
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final MembershipStore memberships;
    private final LongFunction<List<Long>> elsewhere;
    private final Cache<Long, List<Long>> known =
            Caffeine.newBuilder().maximumSize(MAX_USERS).expireAfterWrite(LONGEST).build();

    /// @param elsewhere the rooms of a user of another server
    JoinedRooms(MembershipStore memberships, LongFunction<List<Long>> elsewhere) {
        this.memberships = memberships;
        this.elsewhere = elsewhere;
    }

    List<Long> of(long user) {
        return Objects.requireNonNull(known.get(user, this::read));
    }

    private List<Long> read(long user) {
        List<MembershipStore.UserMembership> here = memberships.newest(user, Long.MAX_VALUE);
        return here.isEmpty()
                ? elsewhere.apply(user)
                : here.stream()
                        .filter(each -> each.membership() == Membership.JOIN)
                        .map(MembershipStore.UserMembership::room)
                        .toList();
    }

    /// The user's memberships changed.
    void forget(long user) {
        known.invalidate(user);
    }
}
