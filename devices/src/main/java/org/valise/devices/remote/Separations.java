package org.valise.devices.remote;

import org.jspecify.annotations.Nullable;
import org.valise.accounts.users.UserNumbers;
import org.valise.devices.changes.FollowerStore;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.rooms.Rooms;
import org.valise.rooms.lane.CurrentStateStore.Step;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.members.Membership;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.state.StateSnapshot;
import org.valise.rooms.timeline.StoredEvent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Drops what is kept of a user of another server as soon as they leave a room that is shared, or
/// this server does: their server may tell of nothing from then on. Whoever is in another shared
/// room still is fetched again when somebody asks.
///
/// Durable: how far it has got is in the database. Behind the commit; whoever wants to rely on what
/// is kept waits for it.
final class Separations implements StreamFollower, AutoCloseable {
    private static final String NAME = "separations";
    private static final int BATCH = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final RemoteUserStore store;
    private final FollowerStore positions;
    private final Stream stream;
    private final Rooms rooms;
    private final RoomServers servers;
    private final UserNumbers users;
    private final ServerName here;
    private final CatchUpWorker worker = new CatchUpWorker("device-separations", this::catchUp);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();

    /// The last position at which the state of a room changed.
    private long wanted;

    private long done;

    Separations(
            RemoteUserStore store,
            FollowerStore positions,
            Stream stream,
            Rooms rooms,
            RoomServers servers,
            UserNumbers users,
            ServerName here) {
        this.store = store;
        this.positions = positions;
        this.stream = stream;
        this.rooms = rooms;
        this.servers = servers;
        this.users = users;
        this.here = here;
    }

    @Override
    public void apply(List<Change> changes) {
        for (Change change : changes) {
            if (change instanceof EventChange event && event.after() != null) {
                want(event.position());
            }
        }
    }

    @Override
    public void applied(List<Change> changes, long position) {
        if (changes.stream()
                .anyMatch(change -> change instanceof EventChange event && event.after() != null)) {
            worker.wake();
        }
    }

    /// Goes on where it was, or where another node is.
    void start() {
        want(stream.applied());
        worker.wake();
    }

    @Override
    public void close() {
        worker.close();
    }

    private void want(long position) {
        lock.lock();
        try {
            wanted = Math.max(wanted, position);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until everything up to now was looked at.
    ///
    /// @return whether it was, in a bounded time
    boolean await() {
        lock.lock();
        try {
            long target = wanted;
            long left = PATIENCE.toNanos();
            while (done < target && left > 0) {
                left = moved.awaitNanos(left);
            }
            if (done < target) {
                worker.wake();
            }
            return done >= target;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void catchUp() {
        long to = stream.applied();
        long from = positions.position(NAME);
        while (from < to && !worker.isClosed()) {
            if (store.isEmpty()) {
                from = to; // whoever is kept later shares rooms later
            } else {
                List<Step> steps = rooms.currentStates().steps(from, to, BATCH);
                separate(steps, from);
                from = steps.size() < BATCH ? to : steps.getLast().position();
            }
            positions.advance(NAME, from);
        }
        lock.lock();
        try {
            done = Math.max(done, worker.isClosed() ? done : to);
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// A member event in the state that another took the place of, or none.
    private record Replaced(long room, long key, long before, long after) {}

    private void separate(List<Step> steps, long from) {
        List<Replaced> replaced = replaced(steps, from);
        Map<Long, Set<Long>> wantedEvents = new HashMap<>();
        for (Replaced each : replaced) {
            Set<Long> ofRoom = wantedEvents.computeIfAbsent(each.room(), any -> new HashSet<>());
            ofRoom.add(each.before());
            if (each.after() != 0) {
                ofRoom.add(each.after());
            }
        }
        Map<Long, StoredEvent> events = rooms.events().load(wantedEvents);
        Map<Long, StateKey> names =
                rooms.keys().names(replaced.stream().mapToLong(Replaced::key).toArray());
        Set<UserId> gone = new HashSet<>();
        Set<ServerName> left = new HashSet<>();
        for (Replaced each : replaced) {
            StateKey name = names.get(each.key());
            if (name == null
                    || !isJoin(events.get(each.before()))
                    || isJoin(events.get(each.after()))) {
                continue;
            }
            UserId.tryParse(name.key())
                    .ifPresent(user -> {
                        if (!user.server().equals(here)) {
                            gone.add(user);
                        } else if (!servers.isHere(each.room())) {
                            left.addAll(servers.joined(each.room()));
                        }
                    });
        }
        if (!gone.isEmpty()) {
            store.drop(users.find(gone).values());
        }
        if (!left.isEmpty()) {
            store.dropOfServers(left);
        }
    }

    private List<Replaced> replaced(List<Step> steps, long from) {
        Map<Long, Long> current = new HashMap<>();
        rooms.currentStates()
                .at(steps.stream().map(Step::room).distinct().toList(), from)
                .forEach((room, entry) -> current.put(room, entry.snapshot()));
        List<Replaced> replaced = new ArrayList<>();
        for (Step step : steps) {
            Long number = current.put(step.room(), step.snapshot());
            StateSnapshot before =
                    number == null ? StateSnapshot.EMPTY : rooms.states().snapshot(number);
            StateSnapshot after = rooms.states().snapshot(step.snapshot());
            if (!before.hasSameMembers(after)) {
                before.diffMembers(
                        after,
                        (key, old, now) -> {
                            if (old != 0) {
                                replaced.add(new Replaced(step.room(), key, old, now));
                            }
                        });
            }
        }
        return replaced;
    }

    private static boolean isJoin(@Nullable StoredEvent event) {
        return event != null
                && Membership.of(event.event().content()).equals(Optional.of(Membership.JOIN));
    }
}
