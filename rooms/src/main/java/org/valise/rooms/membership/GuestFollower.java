package org.valise.rooms.membership;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.database.Database;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.Stream;
import org.valise.platform.stream.StreamFollower;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.event.StateKey;
import org.valise.rooms.lane.EventChange;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;
import org.valise.rooms.view.RoomViews;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Puts guests out of rooms that do not welcome them any more.
///
/// "If the `m.room.guest_access` event is changed to stop this from being the case, the server MUST
/// set those users' `m.room.member` state to `leave`." What a node that stopped left undone, the
/// next start finds: every room that guests are in is looked at then.
public final class GuestFollower implements StreamFollower, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GuestFollower.class);
    private static final StateKey GUEST_ACCESS = new StateKey(EventTypes.GUEST_ACCESS, "");

    private final GuestStore store;
    private final Stream stream;
    private final UserNumbers users;
    private final RoomViews views;
    private final StateKeys keys;
    private final Events events;
    private final MembershipChanger changer;
    private final Set<Long> toCheck = ConcurrentHashMap.newKeySet();
    private final CatchUpWorker worker = new CatchUpWorker("guest-follower", this::catchUp);
    private boolean startedHere;

    public GuestFollower(
            Database database,
            Stream stream,
            UserNumbers users,
            RoomViews views,
            StateKeys keys,
            Events events,
            MembershipChanger changer) {
        this.store = new GuestStore(database);
        this.stream = stream;
        this.users = users;
        this.views = views;
        this.keys = keys;
        this.events = events;
        this.changer = changer;
    }

    @Override
    public void applied(List<Change> changes, long position) {
        boolean any = false;
        for (Change change : changes) {
            if (change instanceof EventChange event
                    && (isGuestAccess(event.event())
                            || event.redacted() != null && isGuestAccess(event.redacted()))) {
                toCheck.add(event.room());
                any = true;
            }
        }
        if (any) {
            worker.wake();
        }
    }

    private static boolean isGuestAccess(StoredEvent event) {
        return event.isState() && event.event().key().equals(GUEST_ACCESS);
    }

    /// To be called once the stream has started.
    public void wake() {
        worker.wake();
    }

    /// Leaves the rest to the next start, and waits until nothing is under way.
    @Override
    public void close() {
        worker.close();
    }

    private void catchUp() {
        if (!startedHere) {
            toCheck.addAll(store.rooms());
            startedHere = true;
        }
        for (long room : Set.copyOf(toCheck)) {
            if (worker.isClosed()) {
                return;
            }
            toCheck.remove(room);
            RoomView view = views.get(room);
            if (!welcomesGuests(view)) {
                store.guests(room).forEach(guest -> putOut(guest, view));
            }
        }
    }

    private boolean welcomesGuests(RoomView view) {
        return keys.find(GUEST_ACCESS)
                .map(key -> view.stateAt(stream.applied()).get(key))
                .filter(number -> number != 0)
                .flatMap(number ->
                        events.get(view.room().number(), number)
                                .event()
                                .content()
                                .string("guest_access"))
                .equals(Optional.of("can_join"));
    }

    private void putOut(long guest, RoomView view) {
        try {
            changer.leave(users.user(guest), view.room(), null, System.currentTimeMillis());
        } catch (MatrixException refusal) {
            LOG.info("room {} keeps a guest: {}", view.room().number(), refusal.code());
        }
    }
}
