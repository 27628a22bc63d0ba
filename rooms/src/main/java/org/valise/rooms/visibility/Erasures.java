package org.valise.rooms.visibility;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.accounts.changes.AccountChange.AccountDeactivated;
import org.valise.platform.database.Database;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.UserId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.timeline.StoredEvent;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// Hides what people sent who closed their accounts and wanted it erased.
///
/// *Any users (or servers) which join the room after the erasure request are served redacted copies
/// of the events sent by this account. Users which had visibility on those events prior to the
/// erasure are still able to see unredacted copies.* Spec: client-server API, POST
/// /account/deactivate
///
/// NOTSPEC: what they said as state of the room (its name, its topic, who may do what) is the
/// room's and stays; their own member events go.
public final class Erasures implements StreamFollower {
    private static final int CACHED = 50_000;

    private final ErasureStore store;
    private final Visibility visibility;
    private final MembershipStore memberships;

    /// When it became visible, by the users' numbers.
    private final Map<Long, Long> erased = new ConcurrentHashMap<>();

    /// When somebody joined a room for the last time before somebody's erasure. It is in the past:
    /// what is cached stays right.
    private final Cache<Asked, Long> lastJoins = Caffeine.newBuilder().maximumSize(CACHED).build();

    private record Asked(long user, long room, long erasure) {}

    public Erasures(Database database, Visibility visibility, MembershipStore memberships) {
        this.store = new ErasureStore(database);
        this.visibility = visibility;
        this.memberships = memberships;
    }

    /// Reads who was erased before. Once, after the start of the stream, before anything is shown.
    public void load() {
        store.all().forEach(erased::putIfAbsent);
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof AccountDeactivated(long position, long user, boolean erase)
                    && erase) {
                erased.putIfAbsent(user, position);
            }
        }
    }

    /// The event as this user may see it: itself, or a redacted copy.
    public StoredEvent shownTo(UserId user, long userNumber, StoredEvent event) {
        Long erasure = erased.get(event.sender());
        return erasure == null || isKept(event) || hadSeen(user, userNumber, event, erasure)
                ? event
                : event.redacted(event.event().redacted(), event.redactedBy());
    }

    /// Whether its sender was erased, and it with them.
    boolean concerns(StoredEvent event) {
        return erased.containsKey(event.sender()) && !isKept(event);
    }

    private static boolean isKept(StoredEvent event) {
        return event.isState() && !event.event().type().equals(EventTypes.MEMBER);
    }

    private boolean hadSeen(UserId user, long userNumber, StoredEvent event, long erasure) {
        return visibility.membershipAt(event, user, true) == Membership.JOIN
                || lastJoinBefore(userNumber, event.room(), erasure) > event.position();
    }

    private long lastJoinBefore(long user, long room, long erasure) {
        return Objects.requireNonNull(
                lastJoins.get(
                        new Asked(user, room, erasure),
                        asked ->
                                memberships.history(user, room).stream()
                                        .filter(change -> change.membership() == Membership.JOIN)
                                        .mapToLong(MembershipStore.UserMembership::position)
                                        .filter(position -> position <= erasure)
                                        .max()
                                        .orElse(0)));
    }
}
