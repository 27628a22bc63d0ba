package org.valise.rooms.upgrades;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.database.Database;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.event.EventTypes;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.members.Membership;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.upgrades.UpgradeStore.Join;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// "When a user joins the new room, the server should automatically transfer/replicate some of the
/// user's personalized settings."
///
/// Durable: how far it has got is in the database. Idempotent: another node that does the same
/// changes nothing. Behind the commit, on one thread.
public final class UpgradeFollower implements StreamFollower, AutoCloseable {
    private static final int BATCH = 500;
    private static final int KNOWN_ROOMS = 20_000;

    private final UpgradeStore store;
    private final Stream stream;
    private final UserNumbers users;
    private final List<PersonalSettings> settings = new CopyOnWriteArrayList<>();

    /// Whether rooms that began lately replace others: most do not, and cost no query.
    private final Cache<Long, Boolean> replacing =
            Caffeine.newBuilder().maximumSize(KNOWN_ROOMS).build();

    private final CatchUpWorker worker = new CatchUpWorker("upgrade-follower", this::catchUp);
    private long done = -1;

    public UpgradeFollower(
            Database database, Stream stream, UserNumbers users, AccountData accountData) {
        this.store = new UpgradeStore(database);
        this.stream = stream;
        this.users = users;
        this.settings.add(new AccountSettings(accountData));
    }

    /// Further settings that go along. To be called before the stream starts.
    public void carry(PersonalSettings more) {
        settings.add(more);
    }

    @Override
    public void applied(List<Change> changes, long position) {
        boolean wanted = false;
        for (Change change : changes) {
            if (change instanceof EventChange event) {
                noteBeginning(event.event());
                wanted |= isJoin(event) && mayReplaceAnother(event.room());
            }
        }
        if (wanted) {
            wake();
        }
    }

    private static boolean isJoin(EventChange event) {
        return event.memberChanges().stream()
                .anyMatch(member -> member.membership() == Membership.JOIN);
    }

    private boolean mayReplaceAnother(long room) {
        Boolean known = replacing.getIfPresent(room);
        return known == null || known;
    }

    /// Of a new room it is known from the first moment, without a query.
    private void noteBeginning(StoredEvent event) {
        if (event.isState() && event.event().type().equals(EventTypes.CREATE)) {
            replacing.put(event.room(), RoomStore.predecessor(event.event()).isPresent());
        }
    }

    /// Goes on where it was. To be called once the stream has started.
    public void wake() {
        worker.wake();
    }

    /// Leaves the rest to the next start, and waits until nothing is under way.
    @Override
    public void close() {
        worker.close();
    }

    private void catchUp() {
        if (done < 0) {
            done = store.position();
        }
        long to = stream.applied();
        boolean more = true;
        while (more && !worker.isClosed()) {
            List<Join> joins = store.joins(done, to, BATCH);
            joins.forEach(this::carry);
            more = joins.size() == BATCH;
            done = more ? joins.getLast().position() : to;
            if (!joins.isEmpty()) {
                store.advance(done);
            }
        }
    }

    private void carry(Join join) {
        for (PersonalSettings each : settings) {
            each.follow(join.user(), users.user(join.user()), join.replaced(), join.room());
        }
    }
}
