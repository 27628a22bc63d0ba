package org.valise.rooms.lane;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.rooms.policyservers.PolicyServer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Events of one [RoomWrite] that a policy server has signed. The lane never waits for the network:
/// a write that makes an event which must be signed is given up, the event is signed outside of the
/// lane, and the write is made again with it.
final class Approvals {
    private final List<Event> approved = new ArrayList<>();
    private int next;

    /// An event must be signed before it is sent.
    static final class Needed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final transient Event event;
        final transient PolicyServer server;

        Needed(Event event, PolicyServer server) {
            super("a policy server is to be asked", null, false, false);
            this.event = event;
            this.server = server;
        }
    }

    /// The write is made again.
    void again() {
        next = 0;
    }

    /// The event that a draft was made to before; null if it was not.
    @Nullable Event take(Draft draft) {
        if (next == approved.size() || !fits(approved.get(next), draft)) {
            return null;
        }
        return approved.get(next++);
    }

    private static boolean fits(Event event, Draft draft) {
        return event.type().equals(draft.type())
                && Objects.equals(event.stateKey(), draft.stateKey())
                && event.sender().equals(draft.sender())
                && Objects.equals(event.redacts(), draft.redacts())
                && (draft.redacts() != null || event.content().equals(draft.content()));
    }

    /// An event was signed, the one that was needed next.
    void add(Event event) {
        approved.subList(next, approved.size()).clear();
        approved.add(event);
    }
}
