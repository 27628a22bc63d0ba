package org.valise.devices.removal;

import org.valise.accounts.changes.AccountChange.AccountDeactivated;
import org.valise.accounts.changes.AccountChange.DeviceChanged;
import org.valise.accounts.changes.AccountChange.SessionsRevoked;
import org.valise.devices.changes.FollowerStore;
import org.valise.platform.database.Database;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Deletes what belonged to devices that are gone, and to closed accounts; has others told of
/// devices that have another name.
///
/// Durable: how far it has got is in the database. Idempotent: another node that does the same
/// finds nothing to do. Behind the commit, on one thread.
public final class RemovalFollower implements StreamFollower, AutoCloseable {
    private static final String NAME = "removal";
    private static final int BATCH = 200;

    private final RemovalStore store;
    private final FollowerStore positions;
    private final Stream stream;
    private final List<Belongings> belongings;
    private final List<ClosedAccounts> ofAccounts;
    private final RenamedDevices renamed;

    private final CatchUpWorker worker = new CatchUpWorker("device-removal", this::catchUp);

    /// @param belongings what goes with a device
    /// @param ofAccounts what goes with an account
    /// @param renamed told of devices that have another name
    public RemovalFollower(
            Database database,
            Stream stream,
            List<Belongings> belongings,
            List<ClosedAccounts> ofAccounts,
            RenamedDevices renamed) {
        this.store = new RemovalStore(database);
        this.positions = new FollowerStore(database);
        this.stream = stream;
        this.belongings = List.copyOf(belongings);
        this.ofAccounts = List.copyOf(ofAccounts);
        this.renamed = renamed;
    }

    @Override
    public void applied(List<Change> changes, long position) {
        for (Change change : changes) {
            if (change instanceof SessionsRevoked
                    || change instanceof AccountDeactivated
                    || change instanceof DeviceChanged) {
                wake();
                return;
            }
        }
    }

    /// The position up to which it needs nothing of the log of accounts any more. Whoever asks
    /// moves it on, too, if nothing has woken it for long.
    public long followed() {
        wake();
        return positions.position(NAME);
    }

    /// Goes on where it was, or where another node is. To be called once the stream and the commits
    /// have started.
    public void wake() {
        worker.wake();
    }

    /// Leaves the rest to the next start, and waits until nothing is under way.
    @Override
    public void close() {
        worker.close();
    }

    private void catchUp() {
        long from = positions.position(NAME);
        long to = stream.applied();
        while (from < to && !worker.isClosed()) {
            List<RemovalStore.Entry> next = new ArrayList<>(store.next(from, to, BATCH));
            from = to;
            if (next.size() == BATCH) {
                // One logout from everywhere may be more than a batch: all of a position go
                // together.
                from = next.getLast().position();
                next.addAll(store.at(from));
            }
            handle(next);
            positions.advance(NAME, from);
        }
    }

    private void handle(List<RemovalStore.Entry> entries) {
        Set<GoneDevice> gone = new LinkedHashSet<>();
        Set<Long> closed = new LinkedHashSet<>();
        Map<Long, Set<String>> named = new LinkedHashMap<>();
        for (RemovalStore.Entry entry : entries) {
            switch (entry.kind()) {
                case GONE -> gone.add(new GoneDevice(entry.user(), entry.device()));
                case CLOSED -> closed.add(entry.user());
                case RENAMED ->
                        named.computeIfAbsent(entry.user(), any -> new LinkedHashSet<>())
                                .add(entry.device());
            }
        }
        if (!named.isEmpty()) {
            renamed.tell(named);
        }
        if (!gone.isEmpty()) {
            belongings.forEach(each -> each.delete(List.copyOf(gone)));
        }
        if (!closed.isEmpty()) {
            ofAccounts.forEach(each -> each.delete(closed));
        }
    }
}
