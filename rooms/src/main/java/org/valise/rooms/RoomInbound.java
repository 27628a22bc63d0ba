package org.valise.rooms;

import org.valise.federation.inbound.EduReceiver;
import org.valise.federation.inbound.PduReceiver;
import org.valise.protocol.id.ServerName;
import org.valise.rooms.admission.InboundEvents;
import org.valise.rooms.admission.MissingAncestors;
import org.valise.rooms.admission.RemoteEvents;
import org.valise.rooms.admission.RemoteMembers;
import org.valise.rooms.admission.Residents;
import org.valise.rooms.members.Membership;
import org.valise.rooms.presence.ReceivePresence;
import org.valise.rooms.receipts.ReceiveReceipts;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.typing.ReceiveTyping;

import java.util.Collection;
import java.util.List;

/// What takes in what other servers send.
record RoomInbound(Rooms in) {
    PduReceiver pdus() {
        return new InboundEvents(
                in.rooms,
                residents(),
                in.admission,
                in.signatures,
                in.policyServerCheck,
                new MissingAncestors(
                        in.lanes,
                        residents(),
                        in.admission,
                        in.signatures,
                        new RemoteEvents(in.federation.client()),
                        in.server));
    }

    List<EduReceiver> edus() {
        RemoteMembers members =
                new RemoteMembers(in.rooms, residents(), in.views, in.keys, in.events);
        return List.of(
                new ReceiveTyping(members, in.users, in.typing),
                new ReceiveReceipts(members, in.users, in.events, in.receipts, in.earlyReceipts),
                new ReceivePresence(in.users, in.presence));
    }

    private Residents residents() {
        return new Residents() {
            @Override
            public boolean isAnyHere(RoomRef room) {
                return !in.memberships
                        .localMembers(room.number(), Membership.JOIN, Long.MAX_VALUE)
                        .isEmpty();
            }

            @Override
            public boolean allows(RoomRef room, ServerName server) {
                return true;
            }

            @Override
            public Collection<ServerName> of(RoomRef room) {
                return List.of();
            }
        };
    }
}
