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
        return in.invites.pdus(
                new InboundEvents(
                        in.rooms,
                        in.servers,
                        in.server,
                        in.admission,
                        in.signatures,
                        in.policyServerCheck,
                        new MissingAncestors(
                                in.lanes,
                                in.servers,
                                in.admission,
                                in.signatures,
                                new RemoteEvents(in.federation.client()),
                                in.server),
                        new ArrivalStore(in.database)));
    }

    List<EduReceiver> edus() {
        RemoteMembers members = members();
        return List.of(
                new ReceiveTyping(members, in.users, in.typing),
                new ReceiveReceipts(members, in.users, in.events, in.receipts, in.earlyReceipts),
                new ReceivePresence(in.users, in.presence));
    }

    RemoteMembers members() {
        return new RemoteMembers(
                in.rooms, in.memberships, in.servers, in.server, in.views, in.keys, in.events);
    }
}
