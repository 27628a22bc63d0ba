package org.valise.rooms;

import org.valise.federation.inbound.EduReceiver;
import org.valise.federation.inbound.PduReceiver;
import org.valise.rooms.admission.InboundEvents;
import org.valise.rooms.admission.MissingAncestors;
import org.valise.rooms.admission.RemoteEvents;
import org.valise.rooms.admission.RemoteMembers;
import org.valise.rooms.members.ArrivalStore;
import org.valise.rooms.presence.ReceivePresence;
import org.valise.rooms.receipts.ReceiveReceipts;
import org.valise.rooms.typing.ReceiveTyping;

import java.util.List;

/// What takes in what other servers send.
record RoomInbound(Rooms in) {
    PduReceiver pdus() {
        return in.actions.invites.pdus(
                new InboundEvents(
                        in.known.rooms,
                        in.known.servers,
                        in.known.server,
                        in.engine.admission,
                        in.engine.signatures,
                        in.engine.policyServerCheck,
                        new MissingAncestors(
                                in.engine.lanes,
                                in.known.servers,
                                in.engine.admission,
                                in.engine.signatures,
                                new RemoteEvents(in.needs.federation().client()),
                                in.known.server),
                        new ArrivalStore(in.needs.database())));
    }

    List<EduReceiver> edus() {
        RemoteMembers members = members();
        return List.of(
                new ReceiveTyping(members, in.needs.users(), in.activity.typing),
                new ReceiveReceipts(
                        members,
                        in.needs.users(),
                        in.known.events,
                        in.activity.receipts,
                        in.activity.earlyReceipts),
                new ReceivePresence(in.needs.users(), in.activity.presence));
    }

    RemoteMembers members() {
        return new RemoteMembers(
                in.known.rooms,
                in.known.memberships,
                in.known.servers,
                in.known.server,
                in.known.views,
                in.known.keys,
                in.known.events);
    }
}
