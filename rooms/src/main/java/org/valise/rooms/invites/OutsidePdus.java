package org.valise.rooms.invites;

import org.valise.federation.inbound.PduReceiver;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.invites.EventProof.Verdict;
import org.valise.rooms.outside.OutsideMemberships;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Takes events of rooms in which this server is not: those that end what local users are to them.
/// All others go on to where rooms take theirs.
final class OutsidePdus implements PduReceiver {
    private final PduReceiver inside;
    private final RoomStore rooms;
    private final OutsideMemberships outside;
    private final EventProof proof;

    OutsidePdus(PduReceiver inside, RoomStore rooms, OutsideMemberships outside, EventProof proof) {
        this.inside = inside;
        this.rooms = rooms;
        this.outside = outside;
        this.proof = proof;
    }

    @Override
    public Entry entry(ServerName origin, RoomId room) {
        Entry entry = inside.entry(origin, room);
        if (!(entry instanceof Entry.Ignored)) {
            return entry;
        }
        Optional<RoomRef> known = rooms.find(room).filter(outside::isAny);
        return known.isPresent() ? new Entry.Open(known.get().version()) : entry;
    }

    /// Whether somebody is signed by whom they must be may take a look at keys: all are for later.
    @Override
    public Set<EventId> receive(RoomId room, List<Received> events) {
        Set<EventId> later = new HashSet<>();
        if (isInside(room, events.getFirst().origin())) {
            return inside.receive(room, events);
        }
        events.forEach(received -> later.add(received.event().id()));
        return later;
    }

    @Override
    public Set<EventId> receiveAsking(
            RoomId room, ServerName origin, List<Event> events, boolean last) {
        if (isInside(room, origin)) {
            return inside.receiveAsking(room, origin, events, last);
        }
        List<Event> concerning = events.stream().filter(outside::concerns).toList();
        Map<EventId, Verdict> verdicts = proof.of(concerning);
        Set<EventId> later = new HashSet<>();
        for (Event event : concerning) {
            switch (verdicts.getOrDefault(event.id(), Verdict.FORGED)) {
                case SIGNED ->
                        outside.receive(event.contentHashMatches() ? event : event.redacted());
                case UNKNOWN -> later.add(event.id());
                case FORGED -> {
                    // dropped
                }
            }
        }
        return last ? Set.of() : later;
    }

    private boolean isInside(RoomId room, ServerName origin) {
        return switch (inside.entry(origin, room)) {
            case Entry.Open _, Entry.Refused _ -> true;
            case Entry.Awaited _, Entry.Ignored _ -> false;
        };
    }
}
