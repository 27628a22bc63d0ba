package org.valise.rooms.membership;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.accounts.changes.AccountChange.AccountDeactivated;
import org.valise.accounts.changes.AccountChange.ProfileChanged;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.database.Database;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.membership.FollowerStore.AccountEvent;
import org.valise.rooms.timeline.RoomStore;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Carries what happens to accounts into their rooms: a new name or avatar into the member events,
/// the end of an account into leaving.
///
/// Durable: how far it has got is in the database. Idempotent: another node that does the same
/// finds nothing to do. Behind the commit, on one thread, room after room.
public final class AccountFollower implements StreamFollower, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccountFollower.class);
    private static final String NAME = "membership";
    private static final int BATCH = 200;

    private final FollowerStore store;
    private final Stream stream;
    private final UserNumbers users;
    private final MembershipStore memberships;
    private final RoomStore rooms;
    private final MembershipChanger changer;

    private final CatchUpWorker worker = new CatchUpWorker("account-follower", this::catchUp);

    public AccountFollower(
            Database database,
            Stream stream,
            UserNumbers users,
            MembershipStore memberships,
            RoomStore rooms,
            MembershipChanger changer) {
        this.store = new FollowerStore(database);
        this.stream = stream;
        this.users = users;
        this.memberships = memberships;
        this.rooms = rooms;
        this.changer = changer;
    }

    @Override
    public void applied(List<Change> changes, long position) {
        for (Change change : changes) {
            if (change instanceof ProfileChanged || change instanceof AccountDeactivated) {
                wake();
                return;
            }
        }
    }

    /// The position up to which it needs nothing of the log of accounts any more. Whoever asks
    /// moves it on, too, if nothing has woken it for long.
    public long followed() {
        wake();
        return store.position(NAME);
    }

    /// Goes on where it was, or where another node is. To be called once the stream has started.
    public void wake() {
        worker.wake();
    }

    /// Leaves the rest to the next start, and waits until nothing is under way.
    @Override
    public void close() {
        worker.close();
    }

    private void catchUp() {
        long from = store.position(NAME);
        long to = stream.applied();
        List<AccountEvent> next;
        do {
            next = store.next(from, to, BATCH);
            // A closed account is not renamed any more, and what it is called now is all that
            // counts.
            Map<Long, Boolean> ended = new LinkedHashMap<>();
            next.forEach(event -> ended.merge(event.user(), event.closed(), Boolean::logicalOr));
            ended.forEach(this::carry);
            from = next.size() < BATCH ? to : next.getLast().position();
            if (worker.isClosed()) {
                return; // perhaps in the middle of somebody's rooms
            }
            store.advance(NAME, from);
        } while (next.size() == BATCH);
    }

    private void carry(long number, boolean ended) {
        UserId user = users.user(number);
        for (UserMembership membership : memberships.newest(number, Long.MAX_VALUE)) {
            if (worker.isClosed()) {
                return;
            }
            if (ended && isPresent(membership.membership())) {
                attempt(
                        user,
                        membership,
                        () -> changer.leave(user, rooms.get(membership.room()), null, now()));
            } else if (!ended && membership.membership() == Membership.JOIN) {
                attempt(
                        user,
                        membership,
                        () -> changer.rename(user, rooms.get(membership.room()), now()));
            }
        }
    }

    private static boolean isPresent(Membership membership) {
        return switch (membership) {
            case JOIN, INVITE, KNOCK -> true;
            case LEAVE, BAN -> false;
        };
    }

    /// What one room refuses does not keep the change from the others.
    private static void attempt(UserId user, UserMembership membership, Runnable change) {
        try {
            change.run();
        } catch (MatrixException refusal) {
            LOG.info("room {} refuses a change of {}: {}", membership.room(), user, refusal.code());
        }
    }

    private static long now() {
        return System.currentTimeMillis();
    }
}
