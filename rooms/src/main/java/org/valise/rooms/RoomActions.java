package org.valise.rooms;

import org.valise.rooms.creation.RoomCreator;
import org.valise.rooms.directory.AliasLookup;
import org.valise.rooms.handshake.Handshakes;
import org.valise.rooms.invites.InviteGuard;
import org.valise.rooms.invites.Invites;
import org.valise.rooms.lane.SentTransactionStore;
import org.valise.rooms.members.ArrivalStore;
import org.valise.rooms.membership.MemberProfiles;
import org.valise.rooms.membership.MembershipChanger;
import org.valise.rooms.membership.RestrictedJoins;
import org.valise.rooms.sending.EventSender;
import org.valise.rooms.sending.RelationGuard;
import org.valise.rooms.sending.StateContentRules;
import org.valise.rooms.summaries.RemoteRooms;

/// What users do: make rooms, send events, and go in and out, here and through other servers.
final class RoomActions {
    final MemberProfiles profiles;
    final StateContentRules stateContentRules;
    final EventSender sender;
    final Outside outside;
    final RemoteRooms remoteRooms;
    final InviteGuard inviteGuard;
    final Invites invites;
    final RoomCreator creator;
    final Handshakes handshakes;
    final MembershipChanger membershipChanger;

    RoomActions(Rooms.Needs needs, RoomKnowledge known, RoomEngine engine, RoomReading reading) {
        profiles = new MemberProfiles(needs.profiles());
        stateContentRules =
                new StateContentRules(
                        alias -> reading.aliasLookup.tryFind(alias).map(AliasLookup.Found::room));
        sender =
                new EventSender(
                        engine.lanes,
                        known.rooms,
                        known.events,
                        new SentTransactionStore(needs.database()),
                        new RelationGuard(reading.relations, known.events, needs.users()));
        outside = Outside.of(needs, known, engine.lanes);
        remoteRooms = new RemoteRooms(needs.federation().client(), known.server);
        inviteGuard =
                new InviteGuard(needs.accountData(), needs.users(), needs.limits(), known.local);
        invites =
                new Invites(
                        needs.federation(),
                        engine.lanes,
                        known.rooms,
                        known.servers,
                        engine.admission,
                        inviteGuard,
                        outside.memberships(),
                        needs.exists());
        creator = creator(needs, known, engine, reading);
        RestrictedJoins restricted = restrictedJoins(needs, known);
        handshakes = new Handshakes(handshakeNeeds(needs, known, engine, restricted));
        membershipChanger =
                new MembershipChanger(
                        engine.lanes,
                        known.rooms,
                        profiles,
                        restricted,
                        inviteGuard,
                        known.servers,
                        handshakes,
                        outside.memberships(),
                        invites.remote());
    }

    private RoomCreator creator(
            Rooms.Needs needs, RoomKnowledge known, RoomEngine engine, RoomReading reading) {
        return new RoomCreator(
                engine.lanes,
                profiles,
                reading.aliases,
                known.server,
                needs.defaultVersion(),
                inviteGuard,
                invites.remote(),
                needs.encryption());
    }

    private static RestrictedJoins restrictedJoins(Rooms.Needs needs, RoomKnowledge known) {
        return new RestrictedJoins(
                known.rooms,
                known.memberships,
                known.servers,
                needs.users(),
                known.local,
                needs.stream(),
                known.currentRooms(),
                known.keys,
                known.events);
    }

    private Handshakes.Needs handshakeNeeds(
            Rooms.Needs needs, RoomKnowledge known, RoomEngine engine, RestrictedJoins restricted) {
        return new Handshakes.Needs(
                needs.federation(),
                known.rooms,
                known.servers,
                engine.lanes,
                engine.admission,
                restricted,
                known.events,
                known.states,
                known.keys,
                outside.memberships(),
                new ArrivalStore(needs.database()),
                remoteRooms,
                needs.opaque());
    }
}
