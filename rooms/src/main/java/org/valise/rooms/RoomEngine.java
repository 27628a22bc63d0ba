package org.valise.rooms;

import org.valise.federation.Federation;
import org.valise.federation.outbox.Outbox;
import org.valise.rooms.admission.EventAdmission;
import org.valise.rooms.admission.KeyRingSignatureCheck;
import org.valise.rooms.admission.Outliers;
import org.valise.rooms.admission.PolicyServerCheck;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.PruneWorker;
import org.valise.rooms.lane.RoomChangeReader;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.outgoing.OutgoingEvents;
import org.valise.rooms.policyservers.PolicyServers;
import org.valise.rooms.timeline.EventWriteStore;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.timeline.NumberBlock;
import org.valise.rooms.timeline.OutgoingEventStore;
import org.valise.rooms.timeline.SequenceStore;

/// How rooms change: through their lanes, by events made here or admitted from other servers, and
/// out to these.
final class RoomEngine {
    final Lanes lanes;
    final EventAdmission admission;
    final KeyRingSignatureCheck signatures;
    final PolicyServerCheck policyServerCheck;
    final OutgoingEvents outgoingEvents;
    final Outbox outbox;
    final PruneWorker pruning;

    RoomEngine(Rooms.Needs needs, MemoryBudget memory, RoomKnowledge known) {
        Federation federation = needs.federation();
        OutgoingEventStore outgoing = new OutgoingEventStore(needs.database());
        outgoingEvents = new OutgoingEvents(needs.stream(), known.servers, known.events, outgoing);
        outbox = federation.outbox(outgoingEvents);
        outgoingEvents.into(outbox);
        needs.stream().follow(outgoingEvents);
        needs.stream()
                .read(
                        new RoomChangeReader(
                                known.currentStates,
                                known.memberships,
                                known.events,
                                known.states,
                                outgoing));
        pruning = new PruneWorker(needs.database(), needs.stream(), known.events, known.states);
        PolicyServers policyServers =
                new PolicyServers(
                        federation.client(),
                        federation.verifier(),
                        known.servers::isIn,
                        known.server);
        policyServerCheck =
                new PolicyServerCheck(policyServers, known.views, known.keys, known.events);
        signatures =
                KeyRingSignatureCheck.onAllProcessors(federation.keyRing(), federation.verifier());
        SequenceStore sequences = new SequenceStore(needs.database());
        NumberBlock eventNumbers = sequences.events();
        MissingEventStore missing = new MissingEventStore(needs.database());
        lanes =
                new Lanes(
                        tools(
                                needs,
                                known,
                                sequences.states(),
                                eventNumbers,
                                missing,
                                policyServers),
                        needs.commits(),
                        memory.lanes());
        admission =
                new EventAdmission(
                        lanes,
                        known.rooms,
                        outliers(needs, known, eventNumbers, missing),
                        policyServerCheck);
    }

    private static RoomWriter.Tools tools(
            Rooms.Needs needs,
            RoomKnowledge known,
            NumberBlock stateNumbers,
            NumberBlock eventNumbers,
            MissingEventStore missing,
            PolicyServers policyServers) {
        return new RoomWriter.Tools(
                needs.database(),
                known.rooms,
                known.keys,
                known.states,
                stateNumbers,
                eventNumbers,
                known.events,
                missing,
                needs.users(),
                needs.federation().keys(),
                needs.federation().verifier(),
                known.local,
                needs.opaque(),
                needs.policy(),
                policyServers);
    }

    private static Outliers outliers(
            Rooms.Needs needs,
            RoomKnowledge known,
            NumberBlock eventNumbers,
            MissingEventStore missing) {
        return new Outliers(
                known.events,
                new EventWriteStore(needs.database()),
                known.keys,
                missing,
                needs.users(),
                eventNumbers,
                needs.federation().verifier());
    }
}
