package org.valise.rooms.handshake;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.keys.KeyRing;
import org.valise.protocol.authrules.AuthResult;
import org.valise.protocol.authrules.AuthRules;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.admission.EventAdmission;
import org.valise.rooms.admission.EventSignatureCheck;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.timeline.RoomRef;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Takes in the room that another server has described in its answer to `/send_join`, if all of it
/// holds.
///
/// SECURITY: whoever answers may lie. The create event must be the room's own and be of the version
/// that was said; no key may have two events; every event must be signed by those it needs, allowed
/// by its auth events, and have them; and the join itself must be allowed by the state. Single
/// events that do not hold are left out, with what builds on them, as if they had not been told of:
/// whoever answers could have done so, and one server that is gone, or one broken event of long
/// ago, must not keep everybody from joining.
final class StateAdmission {
    private static final Logger LOG = LoggerFactory.getLogger(StateAdmission.class);
    private static final int BATCH = 200;

    private final EventAdmission admission;
    private final EventSignatureCheck signatures;
    private final KeyRing keys;
    private final Verifier verifier;

    StateAdmission(
            EventAdmission admission,
            EventSignatureCheck signatures,
            KeyRing keys,
            Verifier verifier) {
        this.admission = admission;
        this.signatures = signatures;
        this.keys = keys;
        this.verifier = verifier;
    }

    /// @param join as it was sent
    /// @throws UnbelievableAnswer if anything does not hold
    Admission admit(ReceivedState received, RoomId id, RoomVersion version, Event join)
            throws IOException {
        EventSpool events = received.events();
        Event create = events.read(List.of(received.create())).getFirst();
        // SECURITY: a room that was introduced keeps its version for ever, so that this comes
        // first.
        mustBeTheRoomsOwn(create, version);
        RoomRef room = admission.room(id, version);
        if (room.version() != version) {
            throw new UnbelievableAnswer("the room is of version " + room.version());
        }
        // Those that are not known yet all at once: each server that is gone is waited for once.
        keys.forEvents(received.keysNeeded());
        Set<EventId> leftOut = receive(room, events, create.id());
        if (!leftOut.isEmpty() || received.malformed() > 0) {
            LOG.warn(
                    "of the {} events with which {} is joined, {} do not hold and {} are malformed:"
                            + " they are left out",
                    events.size(),
                    id,
                    leftOut.size(),
                    received.malformed());
        }
        List<EventId> state =
                received.state().stream().filter(each -> !leftOut.contains(each)).toList();
        return admission.join(room, received.join(join), state, signatures);
    }

    private void mustBeTheRoomsOwn(Event create, RoomVersion version) {
        if (AuthRules.check(create, key -> null, verifier)
                instanceof AuthResult.Rejected(var rule, String detail)) {
            throw new UnbelievableAnswer("the create event is not the room's: " + detail);
        }
        String made = create.content().string("room_version").orElse("1");
        if (!made.equals(version.id())) {
            throw new UnbelievableAnswer("the room is of version " + made);
        }
        if (!signatures.unsigned(List.of(create)).isEmpty()) {
            throw new UnbelievableAnswer("the create event is not signed as it must be");
        }
    }

    /// @return the ids of the events that were left out
    private Set<EventId> receive(RoomRef room, EventSpool events, EventId create)
            throws IOException {
        Set<EventId> leftOut = new HashSet<>();
        List<EventId> all = events.authEventsFirst(create);
        for (int from = 0; from < all.size(); from += BATCH) {
            List<Event> batch = events.read(all.subList(from, Math.min(from + BATCH, all.size())));
            admission
                    .receiveOutliers(room, batch, signatures)
                    .forEach((id, result) -> {
                        if (!isTakenIn(result)) {
                            leftOut.add(id);
                            LOG.debug("{} is left out: {}", id, result);
                        }
                    });
        }
        return leftOut;
    }

    private static boolean isTakenIn(Admission result) {
        return switch (result) {
            case Admission.Outlier _, Admission.Known _ -> true;
            case Admission.Dropped _, Admission.Lacks _, Admission.Rejected _ -> false;
            case Admission.Accepted _,
                    Admission.SoftFailed _,
                    Admission.Waiting _,
                    Admission.Unrelated _,
                    Admission.Unbelievable _ ->
                    throw new IllegalStateException("no answer to outliers: " + result);
        };
    }
}
