package org.valise.rooms.handshake;

import org.valise.federation.Federation;
import org.valise.platform.http.Caller;
import org.valise.platform.http.Endpoint;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.admission.EventAdmission;
import org.valise.rooms.admission.EventSignatureCheck;
import org.valise.rooms.admission.KeyRingSignatureCheck;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.members.ArrivalStore;
import org.valise.rooms.membership.OtherServers;
import org.valise.rooms.membership.RestrictedJoins;
import org.valise.rooms.outside.OutsideMemberships;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.summaries.RemoteRooms;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/// The front of the package: both sides put together.
public final class Handshakes implements OtherServers {
    private static final int MOST_ASKED_ABOUT_GUESTS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Needs needs;
    private final OpenRooms open;
    private final EventSignatureCheck signatures;
    private final Candidates candidates;
    private final RemoteJoining joining;
    private final RemoteKnocking knocking;

    /// What it needs.
    ///
    /// @param opaque makes the random part of an id
    public record Needs(
            Federation federation,
            RoomStore rooms,
            RoomServers servers,
            Lanes lanes,
            EventAdmission admission,
            RestrictedJoins restricted,
            Events events,
            StateStore states,
            StateKeys keys,
            OutsideMemberships outside,
            ArrivalStore arrivals,
            RemoteRooms elsewhere,
            Supplier<String> opaque) {}

    public Handshakes(Needs needs) {
        this.needs = needs;
        Federation federation = needs.federation();
        Clock clock = Clock.systemUTC();
        open = new OpenRooms(needs.rooms(), needs.servers());
        signatures = new KeyRingSignatureCheck(federation.keyRing(), federation.verifier());
        candidates =
                new Candidates(
                        federation.keys().server(), this::lastKnown, needs.outside()::servers);
        HandshakeClient client =
                new HandshakeClient(federation.client(), federation.keys(), needs.opaque());
        ServerQueue queue = new ServerQueue(candidates, clock);
        knocking = new RemoteKnocking(client, queue, signatures, needs.outside(), clock);
        joining =
                new RemoteJoining(
                        client,
                        queue,
                        new StateAdmission(
                                needs.admission(),
                                signatures,
                                federation.keyRing(),
                                federation.verifier()),
                        needs.rooms(),
                        needs.servers(),
                        needs.arrivals(),
                        needs.outside(),
                        clock,
                        new LargestRoom(
                                needs.elsewhere(),
                                federation.largestRoom(),
                                federation.limitsRooms()));
    }

    /// The servers that are in a room, or were when this one left it.
    private List<ServerName> lastKnown(RoomId room) {
        return needs.rooms()
                .find(room)
                .map(known -> List.copyOf(needs.servers().joined(known.number())))
                .orElse(List.of());
    }

    @Override
    public boolean join(Caller caller, RoomId room, List<ServerName> through, JsonObject content) {
        return joining.join(caller, room, through, content);
    }

    @Override
    public boolean welcomeGuests(Caller caller, RoomId room, List<ServerName> through) {
        return needs.elsewhere()
                .asking(MOST_ASKED_ABOUT_GUESTS, PATIENCE)
                .find(room, candidates.of(caller.user(), room, through))
                .flatMap(told -> told.content().bool("guest_can_join"))
                .orElse(false);
    }

    @Override
    public void knock(Caller caller, RoomId room, List<ServerName> through, JsonObject content) {
        knocking.knock(caller.user(), room, through, content);
    }

    /// What is served to other servers.
    public List<Endpoint> endpoints() {
        MembershipTemplates templates =
                new MembershipTemplates(open, needs.lanes(), needs.restricted());
        SignedMemberships memberships =
                new SignedMemberships(
                        open,
                        needs.lanes(),
                        needs.restricted(),
                        needs.admission(),
                        signatures,
                        needs.federation().keys());
        JoinAnswers answers =
                new JoinAnswers(
                        needs.events(), needs.states(), needs.keys(), needs.servers()::joined);
        return List.of(
                new MakeMembershipFederation(Handshake.JOIN, "makeJoin", templates),
                new MakeMembershipFederation(Handshake.LEAVE, "makeLeave", templates),
                new MakeMembershipFederation(Handshake.KNOCK, "makeKnock", templates),
                new SendJoinFederation(memberships, answers),
                new SendKnockFederation(memberships, needs.states(), needs.keys(), needs.events()),
                new SendLeaveFederation(memberships),
                new SendJoinOldFederation(memberships, answers),
                new SendLeaveOldFederation(memberships));
    }
}
