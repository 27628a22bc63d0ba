package org.valise.rooms.admission;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.inbound.PduReceiver;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.admission.KeyRingSignatureCheck.Verdict;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.members.ArrivalStore;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Takes in the events that other servers send in transactions.
public final class InboundEvents implements PduReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(InboundEvents.class);

    private final RoomStore rooms;
    private final RoomServers servers;
    private final ServerName here;
    private final EventAdmission admission;
    private final KeyRingSignatureCheck signatures;
    private final PolicyServerCheck policyServers;
    private final MissingAncestors ancestors;
    private final ArrivalStore arrivals;

    public InboundEvents(
            RoomStore rooms,
            RoomServers servers,
            ServerName here,
            EventAdmission admission,
            KeyRingSignatureCheck signatures,
            PolicyServerCheck policyServers,
            MissingAncestors ancestors,
            ArrivalStore arrivals) {
        this.rooms = rooms;
        this.servers = servers;
        this.here = here;
        this.admission = admission;
        this.signatures = signatures;
        this.policyServers = policyServers;
        this.ancestors = ancestors;
        this.arrivals = arrivals;
    }

    @Override
    public Entry entry(ServerName origin, RoomId id) {
        Optional<RoomRef> known = rooms.find(id);
        if (known.isEmpty() || !servers.isIn(known.get().number(), here)) {
            return arrivals.version(id)
                    .<Entry>map(Entry.Awaited::new)
                    .orElseGet(Entry.Ignored::new);
        }
        RoomRef room = known.get();
        return servers.allowed(room.number(), origin)
                ? new Entry.Open(room.version())
                : new Entry.Refused(room.version(), "Your server may not take part in the room");
    }

    @Override
    public Set<EventId> receive(RoomId id, List<Received> received) {
        RoomRef room = rooms.find(id).orElseThrow();
        List<Event> events = received.stream().map(Received::event).toList();
        Verdict verdict = signatures.withKnownKeys(events);
        Set<EventId> lacking = new HashSet<>(verdict.unknown());
        lacking.addAll(policyServers.lacking(room, events));
        List<Event> judged =
                events.stream().filter(event -> !lacking.contains(event.id())).toList();
        if (!judged.isEmpty()) {
            Map<EventId, Admission> results =
                    admission.receiveAll(room, judged, any -> verdict.unsigned());
            lacking.addAll(lacking(results));
            log(results);
        }
        return lacking;
    }

    @Override
    public Set<EventId> receiveAsking(
            RoomId id, ServerName origin, List<Event> events, boolean last) {
        RoomRef room = rooms.find(id).orElseThrow();
        return ancestors.receive(room, origin, events, last);
    }

    static Set<EventId> lacking(Map<EventId, Admission> results) {
        Set<EventId> lacking = new HashSet<>();
        results.forEach((event, admission) -> {
            if (admission instanceof Admission.Lacks) {
                lacking.add(event);
            }
        });
        return lacking;
    }

    static void log(Map<EventId, Admission> results) {
        if (!LOG.isDebugEnabled()) {
            return;
        }
        results.forEach((event, admission) -> {
            switch (admission) {
                case Admission.Dropped(String why) -> LOG.debug("{} was dropped: {}", event, why);
                case Admission.Rejected(EventId _, String why) ->
                        LOG.debug("{} was rejected: {}", event, why);
                case Admission.SoftFailed(var _, String why) ->
                        LOG.debug("{} failed softly: {}", event, why);
                case Admission.Unbelievable(String why) ->
                        LOG.debug("{} came with a state that cannot be: {}", event, why);
                case Admission.Accepted _,
                        Admission.Outlier _,
                        Admission.Known _,
                        Admission.Lacks _,
                        Admission.Waiting _,
                        Admission.Unrelated _ -> {}
            }
        });
    }
}
