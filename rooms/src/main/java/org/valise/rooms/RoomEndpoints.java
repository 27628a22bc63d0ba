package org.valise.rooms;

import org.valise.platform.http.Endpoint;
import org.valise.rooms.admission.Backfilling;
import org.valise.rooms.admission.RemoteEvents;
import org.valise.rooms.creation.CreateRoomClient;
import org.valise.rooms.directory.DirectoryEndpoints;
import org.valise.rooms.membership.MembershipEndpoints;
import org.valise.rooms.membership.RoomTargets;
import org.valise.rooms.policyservers.AskToSignFederation;
import org.valise.rooms.presence.PresenceClient;
import org.valise.rooms.presence.SetPresenceClient;
import org.valise.rooms.presence.ShowsActivity;
import org.valise.rooms.reading.ReadingEndpoints;
import org.valise.rooms.reading.TimestampToEventFederation;
import org.valise.rooms.reading.TokenPlaces;
import org.valise.rooms.receipts.ReadingMarker;
import org.valise.rooms.receipts.SendReceiptClient;
import org.valise.rooms.receipts.SetReadMarkerClient;
import org.valise.rooms.sending.RedactEventClient;
import org.valise.rooms.sending.SendEventClient;
import org.valise.rooms.sending.SendStateClient;
import org.valise.rooms.serving.AskedRooms;
import org.valise.rooms.serving.ServingEndpoints;
import org.valise.rooms.spaces.SpaceHierarchyClient;
import org.valise.rooms.spaces.SpaceHierarchyFederation;
import org.valise.rooms.spaces.SpaceLinks;
import org.valise.rooms.spaces.SpaceTree;
import org.valise.rooms.summaries.MutualRooms;
import org.valise.rooms.summaries.MutualRoomsClient;
import org.valise.rooms.summaries.RoomSummaries;
import org.valise.rooms.summaries.RoomSummaryClient;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.typing.SetTypingClient;
import org.valise.rooms.upgrades.RoomUpgrade;
import org.valise.rooms.upgrades.UpgradeRoomClient;
import org.valise.rooms.view.CurrentRooms;

import java.util.ArrayList;
import java.util.List;

/// What the module serves.
record RoomEndpoints(Rooms in) {
    List<Endpoint> all() {
        RoomTargets targets = new RoomTargets(in.aliasLookup);
        RemoteEvents remote = new RemoteEvents(in.federation.client());
        List<Endpoint> endpoints =
                new ArrayList<>(
                        new MembershipEndpoints(
                                        in.membershipChanger,
                                        targets,
                                        in.memberships,
                                        in.rooms,
                                        in.stream)
                                .all());
        endpoints.addAll(in.handshakes.endpoints());
        endpoints.addAll(in.invites.endpoints());
        endpoints.addAll(writingEndpoints());
        endpoints.addAll(
                new ReadingEndpoints(
                                in.access,
                                in.history,
                                in.events,
                                in.visibility,
                                in.renderer,
                                in.state,
                                new TokenPlaces(in.stream, in.events, in.states),
                                in.relations,
                                in.ignoredSenders,
                                in.bundling,
                                in.snapshots,
                                in.accountData,
                                remote,
                                backfilling(remote))
                        .all());
        endpoints.addAll(summaryEndpoints(targets));
        endpoints.addAll(endpointsForServers());
        endpoints.addAll(
                new DirectoryEndpoints(
                                in.aliases,
                                in.aliasLookup,
                                in.directory,
                                in.rooms,
                                in.access,
                                in.state,
                                in.lanes,
                                in.server,
                                in.federation.client())
                        .all());
        return List.copyOf(endpoints);
    }

    private Backfilling backfilling(RemoteEvents remote) {
        return new Backfilling(
                remote,
                in.admission,
                in.signatures,
                in.servers(),
                new MissingEventStore(in.database),
                in.events,
                in.server);
    }

    private Endpoint active(Endpoint endpoint) {
        return new ShowsActivity(endpoint, in.presence);
    }

    private List<Endpoint> writingEndpoints() {
        ReadingMarker marker =
                new ReadingMarker(in.access, in.events, in.visibility, in.receipts, in.accountData);
        RoomUpgrade upgrade =
                new RoomUpgrade(
                        in.lanes,
                        in.access,
                        in.state,
                        in.creator,
                        in.profiles,
                        in.aliases,
                        in.directory);
        return List.of(
                new CreateRoomClient(in.creator),
                new UpgradeRoomClient(upgrade),
                active(new SendEventClient(in.sender)),
                active(new RedactEventClient(in.sender, in.events)),
                active(
                        new SendStateClient(
                                in.sender,
                                in.stateContentRules,
                                in.inviteGuard,
                                in.invites.remote(),
                                in.access,
                                in.state)),
                active(new SendReceiptClient(marker)),
                active(new SetReadMarkerClient(marker)),
                active(new SetTypingClient(in.access, in.typing)),
                new AskToSignFederation(),
                new PresenceClient(
                        in.presence, in.users, in.memberships, new RoomInbound(in).members()),
                new SetPresenceClient(in.presence));
    }

    private List<Endpoint> endpointsForServers() {
        AskedRooms asked = new AskedRooms(in.rooms, in.servers(), in.events, in.serverVisibility);
        List<Endpoint> endpoints =
                new ArrayList<>(new ServingEndpoints(asked, in.events, in.states, in.server).all());
        endpoints.add(new TimestampToEventFederation(asked, in.events.store()));
        return endpoints;
    }

    private List<Endpoint> summaryEndpoints(RoomTargets targets) {
        CurrentRooms current = new CurrentRooms(in.views, in.currentStates, in.states);
        RoomSummaries summaries =
                new RoomSummaries(
                        in.stream,
                        in.rooms,
                        current,
                        in.keys,
                        in.events,
                        in.memberships,
                        in.servers(),
                        in.serverVisibility);
        SpaceLinks links = new SpaceLinks(in.keys, in.events);
        MutualRooms mutual =
                new MutualRooms(
                        in.stream, in.memberships, in.users, in.local, current, in.keys, in.events);
        return List.of(
                new RoomSummaryClient(summaries, in.remoteRooms, targets, in.outside.memberships()),
                new SpaceHierarchyClient(new SpaceTree(summaries, in.remoteRooms, links)),
                new SpaceHierarchyFederation(summaries, links),
                new MutualRoomsClient(mutual));
    }
}
