package org.valise.rooms.invites;

import org.valise.federation.Federation;
import org.valise.federation.inbound.PduReceiver;
import org.valise.platform.http.Endpoint;
import org.valise.protocol.id.UserId;
import org.valise.rooms.admission.EventAdmission;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.outside.OutsideMemberships;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.RoomStore;

import java.util.List;
import java.util.function.Predicate;

/// Invitations between servers, put together.
public final class Invites {
    private final RemoteInvites remote;
    private final InviteReception reception;
    private final ThirdPartyInvites thirdParty;
    private final EventProof proof;
    private final AclCheck acl;
    private final RoomStore rooms;
    private final OutsideMemberships outside;
    private final Predicate<UserId> exists;

    /// @param exists whether somebody on this server has that id, and may use it
    public Invites(
            Federation federation,
            Lanes lanes,
            RoomStore rooms,
            RoomServers servers,
            EventAdmission admission,
            InviteGuard guard,
            OutsideMemberships outside,
            Predicate<UserId> exists) {
        this.exists = exists;
        acl = new AclCheck(rooms, servers, federation.keys().server());
        Predicate<UserId> local = user -> user.isOn(federation.keys().server());
        this.rooms = rooms;
        this.outside = outside;
        proof = new EventProof(federation.keyRing(), federation.verifier());
        remote = new RemoteInvites(lanes, admission, federation.client(), proof, local);
        reception = new InviteReception(proof, guard, outside, federation.keys(), exists, acl);
        thirdParty =
                new ThirdPartyInvites(
                        lanes,
                        rooms,
                        remote,
                        guard,
                        federation.client(),
                        federation.keyValidity(),
                        federation.verifier(),
                        local);
    }

    /// Those that go out.
    public RemoteInvites remote() {
        return remote;
    }

    /// What other servers send of rooms, whether this server is in them or not.
    ///
    /// @param inside takes the events of those that it is in
    public PduReceiver pdus(PduReceiver inside) {
        return new OutsidePdus(inside, rooms, outside, proof);
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new InviteFederation(reception),
                new InviteOldFederation(reception),
                new ExchangeThirdPartyInviteFederation(thirdParty, acl),
                new OnBindFederation(thirdParty, exists));
    }
}
