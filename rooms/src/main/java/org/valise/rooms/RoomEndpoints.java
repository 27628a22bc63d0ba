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
import org.valise.rooms.summaries.RemoteRooms;
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
        RoomTargets targets = new RoomTargets(in.reading.aliasLookup);
        List<Endpoint> endpoints =
                new ArrayList<>(
                        new MembershipEndpoints(
                                        in.actions.membershipChanger,
                                        targets,
                                        in.known.memberships,
                                        in.known.rooms,
                                        in.needs.stream())
                                .all());
        endpoints.addAll(in.actions.handshakes.endpoints());
        endpoints.addAll(in.actions.invites.endpoints());
        endpoints.addAll(writingEndpoints());
        endpoints.addAll(readingEndpoints());
        endpoints.addAll(summaryEndpoints(targets));
        endpoints.addAll(endpointsForServers());
        endpoints.addAll(
                new DirectoryEndpoints(
                                in.reading.aliases,
                                in.reading.aliasLookup,
                                in.reading.directory,
                                in.known.rooms,
                                in.reading.access,
                                in.reading.state,
                                in.engine.lanes,
                                in.known.server,
                                in.needs.federation().client())
                        .all());
        return List.copyOf(endpoints);
    }

    private List<Endpoint> readingEndpoints() {
        RemoteEvents remote = new RemoteEvents(in.needs.federation().client());
        return new ReadingEndpoints(
                        in.reading.access,
                        in.reading.history,
                        in.known.events,
                        in.reading.visibility,
                        in.reading.renderer,
                        in.reading.state,
                        new TokenPlaces(in.needs.stream(), in.known.events, in.known.states),
                        in.reading.relations,
                        in.reading.ignoredSenders,
                        in.reading.bundling,
                        in.reading.snapshots,
                        in.needs.accountData(),
                        remote,
                        backfilling(remote))
                .all();
    }

    private Backfilling backfilling(RemoteEvents remote) {
        return new Backfilling(
                remote,
                in.engine.admission,
                in.engine.signatures,
                in.known.servers,
                new MissingEventStore(in.needs.database()),
                in.known.events,
                in.known.server);
    }

    private Endpoint active(Endpoint endpoint) {
        return new ShowsActivity(endpoint, in.activity.presence);
    }

    private List<Endpoint> writingEndpoints() {
        ReadingMarker marker =
                new ReadingMarker(
                        in.reading.access,
                        in.known.events,
                        in.reading.visibility,
                        in.activity.receipts,
                        in.needs.accountData());
        RoomUpgrade upgrade =
                new RoomUpgrade(
                        in.engine.lanes,
                        in.reading.access,
                        in.reading.state,
                        in.actions.creator,
                        in.actions.profiles,
                        in.reading.aliases,
                        in.reading.directory);
        return List.of(
                new CreateRoomClient(in.actions.creator),
                new UpgradeRoomClient(upgrade),
                active(new SendEventClient(in.actions.sender)),
                active(new RedactEventClient(in.actions.sender, in.known.events)),
                active(
                        new SendStateClient(
                                in.actions.sender,
                                in.actions.stateContentRules,
                                in.actions.inviteGuard,
                                in.actions.invites.remote(),
                                in.reading.access,
                                in.reading.state)),
                active(new SendReceiptClient(marker)),
                active(new SetReadMarkerClient(marker)),
                active(new SetTypingClient(in.reading.access, in.activity.typing)),
                new AskToSignFederation(),
                new PresenceClient(
                        in.activity.presence,
                        in.needs.users(),
                        in.known.memberships,
                        new RoomInbound(in).members()),
                new SetPresenceClient(in.activity.presence));
    }

    private List<Endpoint> endpointsForServers() {
        AskedRooms asked =
                new AskedRooms(
                        in.known.rooms,
                        in.known.servers,
                        in.known.events,
                        in.reading.serverVisibility);
        List<Endpoint> endpoints =
                new ArrayList<>(
                        new ServingEndpoints(
                                        asked, in.known.events, in.known.states, in.known.server)
                                .all());
        endpoints.add(new TimestampToEventFederation(asked, in.known.events.store()));
        return endpoints;
    }

    private List<Endpoint> summaryEndpoints(RoomTargets targets) {
        CurrentRooms current = in.known.currentRooms();
        RoomSummaries summaries =
                new RoomSummaries(
                        in.needs.stream(),
                        in.known.rooms,
                        current,
                        in.known.keys,
                        in.known.events,
                        in.known.memberships,
                        in.known.servers,
                        in.reading.serverVisibility);
        RemoteRooms remote = in.actions.remoteRooms;
        SpaceLinks links = new SpaceLinks(in.known.keys, in.known.events);
        MutualRooms mutual =
                new MutualRooms(
                        in.needs.stream(),
                        in.known.memberships,
                        in.needs.users(),
                        in.known.local,
                        current,
                        in.known.keys,
                        in.known.events);
        return List.of(
                new RoomSummaryClient(summaries, remote, targets, in.actions.outside.memberships()),
                new SpaceHierarchyClient(new SpaceTree(summaries, remote, links)),
                new SpaceHierarchyFederation(summaries, links),
                new MutualRoomsClient(mutual));
    }
}
