package org.valise.rooms;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.profiles.Profiles;
import org.valise.accounts.reports.Reports;
import org.valise.accounts.users.UserNumbers;
import org.valise.federation.Federation;
import org.valise.federation.inbound.EduReceiver;
import org.valise.federation.inbound.PduReceiver;
import org.valise.federation.outbox.Outbox;
import org.valise.federation.outbox.OutgoingEdus;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimits;
import org.valise.platform.stream.EphemeralOrder;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.admission.EventAdmission;
import org.valise.rooms.admission.EventSignatureCheck;
import org.valise.rooms.admission.KeyRingSignatureCheck;
import org.valise.rooms.admission.Outliers;
import org.valise.rooms.admission.PolicyServerCheck;
import org.valise.rooms.aggregations.Aggregations;
import org.valise.rooms.creation.DefaultEncryption;
import org.valise.rooms.creation.RoomCreator;
import org.valise.rooms.directory.AliasLookup;
import org.valise.rooms.directory.AliasStore;
import org.valise.rooms.directory.PublishedRoomStore;
import org.valise.rooms.directory.RoomDirectory;
import org.valise.rooms.handshake.Handshakes;
import org.valise.rooms.invites.InviteGuard;
import org.valise.rooms.invites.Invites;
import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.PruneWorker;
import org.valise.rooms.lane.RoomChangeReader;
import org.valise.rooms.lane.RoomPolicy;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.lane.SentTransactionStore;
import org.valise.rooms.members.ArrivalStore;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.ServerMemberStore;
import org.valise.rooms.membership.AccountFollower;
import org.valise.rooms.membership.GuestFollower;
import org.valise.rooms.membership.MemberProfiles;
import org.valise.rooms.membership.MembershipChanger;
import org.valise.rooms.membership.RestrictedJoins;
import org.valise.rooms.outgoing.OutgoingActivity;
import org.valise.rooms.outgoing.OutgoingEvents;
import org.valise.rooms.outside.MemberEvents;
import org.valise.rooms.outside.OutsideMemberships;
import org.valise.rooms.policyservers.PolicyServers;
import org.valise.rooms.presence.Presence;
import org.valise.rooms.presence.PresenceConfig;
import org.valise.rooms.reading.Bundling;
import org.valise.rooms.reading.IgnoredSenders;
import org.valise.rooms.reading.RelatedBy;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.reading.RoomHistory;
import org.valise.rooms.reading.RoomSnapshots;
import org.valise.rooms.reading.StateEvents;
import org.valise.rooms.receipts.EarlyReceipts;
import org.valise.rooms.receipts.Receipts;
import org.valise.rooms.relations.RelationStore;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.reporting.ReportEventClient;
import org.valise.rooms.reporting.ReportRoomClient;
import org.valise.rooms.sending.EventSender;
import org.valise.rooms.sending.RelationGuard;
import org.valise.rooms.sending.StateContentRules;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.summaries.RemoteRooms;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.MissingEventStore;
import org.valise.rooms.timeline.NumberBlock;
import org.valise.rooms.timeline.OutgoingEventStore;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.SequenceStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.typing.Typing;
import org.valise.rooms.upgrades.UpgradeFollower;
import org.valise.rooms.userdirectory.UserDirectory;
import org.valise.rooms.view.CurrentRooms;
import org.valise.rooms.view.NewsStore;
import org.valise.rooms.view.RoomViews;
import org.valise.rooms.visibility.Erasures;
import org.valise.rooms.visibility.ServerVisibility;
import org.valise.rooms.visibility.Visibility;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The front of the module: rooms, their events and state, and who is in them.
public final class Rooms implements AutoCloseable {
    /// Where its migrations are.
    public static final String MIGRATIONS = "org/valise/rooms/migration";

    final Federation federation;
    final RoomStore rooms;
    final Events events;
    final StateKeys keys;
    final StateStore states;
    final CurrentStateStore currentStates;
    final MembershipStore memberships;
    final RoomViews views;
    final RoomServers servers;
    private final OutgoingEvents outgoingEvents;
    private final OutgoingActivity outgoingActivity;
    private final Outbox outbox;
    private final NewsStore news;
    private final PruneWorker pruning;
    final Lanes lanes;
    final EventAdmission admission;
    final KeyRingSignatureCheck signatures;
    final PolicyServerCheck policyServerCheck;
    final EventSender sender;
    final RoomCreator creator;
    final Handshakes handshakes;
    final MembershipChanger membershipChanger;
    final Outside outside;
    final Invites invites;
    private final AccountFollower accountFollower;
    private final UpgradeFollower upgradeFollower;
    private final GuestFollower guestFollower;
    final MemberProfiles profiles;
    final StateContentRules stateContentRules;
    final Visibility visibility;
    private final Erasures erasures;
    final ServerVisibility serverVisibility;
    final EventRenderer renderer;
    final RelationStore relations;
    private final RelatedBy relatedBy;
    final StateEvents state;
    final Bundling bundling;
    final RoomSnapshots snapshots;
    final AliasStore aliases;
    final AliasLookup aliasLookup;
    final InviteGuard inviteGuard;
    final RoomAccess access;
    final IgnoredSenders ignoredSenders;
    final RoomHistory history;
    final Stream stream;
    final Receipts receipts;
    final EarlyReceipts earlyReceipts;
    private final EphemeralOrder ephemeral;
    final Typing typing;
    final Presence presence;
    final RemoteRooms remoteRooms;
    final RoomDirectory directory;
    final ServerName server;
    final Predicate<UserId> local;
    final Database database;
    final UserNumbers users;
    final AccountData accountData;

    /// What rooms need from outside.
    ///
    /// @param profiles `displayname` and `avatar_url` of a local user
    /// @param defaultVersion of rooms whose creator asks for none
    /// @param opaque makes the random part of an id
    /// @param exists whether a local user has an account that is not closed
    public record Needs(
            Database database,
            Stream stream,
            OrderedCommits commits,
            UserNumbers users,
            Federation federation,
            Function<UserId, JsonObject> profiles,
            Supplier<String> opaque,
            RoomPolicy policy,
            RoomVersion defaultVersion,
            DefaultEncryption encryption,
            AccountData accountData,
            RateLimits limits,
            EphemeralOrder ephemeral,
            PresenceConfig presence,
            Predicate<UserId> exists) {}

    public Rooms(Needs needs) {
        this(needs, MemoryBudget.DEFAULT);
    }

    Rooms(Needs needs, MemoryBudget memory) {
        database = needs.database();
        federation = needs.federation();
        server = needs.federation().keys().server();
        stream = needs.stream();
        local = user -> user.server().equals(server);
        users = needs.users();
        rooms = new RoomStore(database);
        events = new Events(new EventStore(database), memory.events());
        SequenceStore numbers = new SequenceStore(database);
        NumberBlock eventNumbers = numbers.events();
        MissingEventStore missing = new MissingEventStore(database);
        keys = new StateKeys(database);
        states = new StateStore(database, memory.states());
        currentStates = new CurrentStateStore(database);
        memberships = new MembershipStore(database);
        views = new RoomViews(needs.stream(), rooms, events, currentStates, states, memory.views());
        needs.stream().follow(views);
        servers =
                new RoomServers(
                        server, new ServerMemberStore(database), memberships, keys, states, events);
        stream.follow(servers);
        OutgoingEventStore outgoing = new OutgoingEventStore(database);
        outgoingEvents = new OutgoingEvents(stream, servers, events, outgoing);
        outbox = federation.outbox(outgoingEvents);
        outgoingEvents.into(outbox);
        stream.follow(outgoingEvents);
        news = new NewsStore(database);
        pruning = new PruneWorker(database, needs.stream(), events, states);
        visibility = new Visibility(events, states, keys, memberships, views);
        relations = new RelationStore(database);
        ignoredSenders = new IgnoredSenders(needs.accountData(), needs.users());
        relatedBy = new RelatedBy(relations, needs.users());
        erasures = new Erasures(database, visibility, memberships);
        stream.follow(erasures);
        serverVisibility = new ServerVisibility(events, states, keys, views, erasures);
        renderer = new EventRenderer(events, states, visibility, erasures);
        needs.stream()
                .read(new RoomChangeReader(currentStates, memberships, events, states, outgoing));
        PolicyServers policyServers =
                new PolicyServers(
                        federation.client(), federation.verifier(), servers::isIn, server);
        policyServerCheck = new PolicyServerCheck(policyServers, views, keys, events);
        lanes =
                new Lanes(
                        new RoomWriter.Tools(
                                database,
                                rooms,
                                keys,
                                states,
                                numbers.states(),
                                eventNumbers,
                                events,
                                missing,
                                needs.users(),
                                needs.federation().keys(),
                                needs.federation().verifier(),
                                local,
                                needs.opaque(),
                                needs.policy(),
                                policyServers),
                        needs.commits(),
                        memory.lanes());
        admission =
                new EventAdmission(
                        lanes,
                        rooms,
                        new Outliers(
                                events,
                                keys,
                                missing,
                                needs.users(),
                                eventNumbers,
                                needs.federation().verifier()),
                        policyServerCheck);
        signatures =
                new KeyRingSignatureCheck(
                        needs.federation().keyRing(), needs.federation().verifier());
        aliases = new AliasStore(database);
        aliasLookup =
                new AliasLookup(
                        aliases,
                        rooms,
                        room -> List.copyOf(servers.joined(room)),
                        server,
                        federation.client());
        directory =
                new RoomDirectory(new PublishedRoomStore(database), stream, views, keys, events);
        stream.follow(directory);
        inviteGuard = new InviteGuard(needs.accountData(), needs.users(), needs.limits(), local);
        profiles = new MemberProfiles(needs.profiles());
        sender =
                new EventSender(
                        lanes,
                        rooms,
                        events,
                        new SentTransactionStore(database),
                        new RelationGuard(relations, events, needs.users()));
        outside = Outside.of(this, needs.opaque());
        invites =
                new Invites(
                        federation,
                        lanes,
                        rooms,
                        servers,
                        admission,
                        inviteGuard,
                        outside.memberships(),
                        needs.exists());
        creator =
                new RoomCreator(
                        lanes,
                        profiles,
                        aliases,
                        server,
                        needs.defaultVersion(),
                        inviteGuard,
                        invites.remote(),
                        needs.encryption());
        RestrictedJoins restricted =
                new RestrictedJoins(
                        rooms,
                        memberships,
                        servers,
                        users,
                        local,
                        stream,
                        new CurrentRooms(views, currentStates, states),
                        keys,
                        events);
        remoteRooms = new RemoteRooms(federation.client(), server);
        handshakes =
                new Handshakes(
                        new Handshakes.Needs(
                                federation,
                                rooms,
                                servers,
                                lanes,
                                admission,
                                restricted,
                                events,
                                states,
                                keys,
                                outside.memberships(),
                                new ArrivalStore(database),
                                remoteRooms,
                                needs.opaque()));
        membershipChanger =
                new MembershipChanger(
                        lanes,
                        rooms,
                        profiles,
                        restricted,
                        inviteGuard,
                        servers,
                        handshakes,
                        outside.memberships(),
                        invites.remote());
        accountFollower =
                new AccountFollower(
                        database, stream, needs.users(), memberships, rooms, membershipChanger);
        stream.follow(accountFollower);
        guestFollower =
                new GuestFollower(
                        database, stream, needs.users(), views, keys, events, membershipChanger);
        stream.follow(guestFollower);
        upgradeFollower = new UpgradeFollower(database, stream, needs.users(), needs.accountData());
        stream.follow(upgradeFollower);
        stateContentRules =
                new StateContentRules(
                        alias -> aliasLookup.tryFind(alias).map(AliasLookup.Found::room));
        access = new RoomAccess(stream, rooms, memberships, views, keys, events);
        accountData = needs.accountData();
        receipts = new Receipts(database, stream, needs.commits());
        stream.read(receipts);
        stream.follow(receipts);
        earlyReceipts = new EarlyReceipts(receipts, events);
        stream.follow(earlyReceipts);
        ephemeral = needs.ephemeral();
        typing = new Typing(needs.users(), ephemeral);
        presence = new Presence(needs.presence(), ephemeral, needs.opaque().get());
        stream.follow(typing);
        outgoingActivity =
                new OutgoingActivity(
                        outbox, stream, servers, rooms, users, typing, presence, local);
        stream.follow(outgoingActivity);
        history = new RoomHistory(events, visibility, ignoredSenders, relatedBy);
        state = new StateEvents(keys, events, states, renderer);
        bundling =
                new Bundling(
                        new Aggregations(database, relations, events, visibility), ignoredSenders);
        snapshots =
                new RoomSnapshots(access, memberships, history, state, directory::has, bundling);
    }

    /// Goes on with what was left undone when the server was stopped. Once, after the start of the
    /// stream and of the commits.
    public void catchUp() {
        erasures.load();
        outbox.start();
        accountFollower.wake();
        presence.start();
        upgradeFollower.wake();
        guestFollower.wake();
        outside.farewells().start();
        Thread.ofVirtual().name("directory").start(directory::catchUp);
    }

    /// The position up to which nothing of the log of accounts is needed here any more.
    public long accountsFollowed() {
        return accountFollower.followed();
    }

    /// Searching for people: to be made before the stream starts, followed by it, woken after its
    /// start, and closed by whoever makes it.
    public UserDirectory userDirectory(Profiles profiles) {
        return new UserDirectory(database, stream, users, profiles, views, keys, events);
    }

    /// The operations by which rooms and events are reported.
    public List<Endpoint> reporting(Reports reports) {
        return List.of(
                new ReportRoomClient(rooms, reports),
                new ReportEventClient(rooms, memberships, events, visibility, reports));
    }

    /// Ends what goes on in the background; the database must still be open.
    @Override
    public void close() {
        outgoingActivity.close();
        outgoingEvents.close();
        presence.close();
        accountFollower.close();
        upgradeFollower.close();
        guestFollower.close();
        outside.farewells().close();
        directory.close();
        lanes.close();
    }

    public List<Endpoint> endpoints() {
        return new RoomEndpoints(this).all();
    }

    public RoomStore rooms() {
        return rooms;
    }

    public Events events() {
        return events;
    }

    public StateKeys keys() {
        return keys;
    }

    public StateStore states() {
        return states;
    }

    public CurrentStateStore currentStates() {
        return currentStates;
    }

    public MembershipStore memberships() {
        return memberships;
    }

    /// What goes to other servers beside events.
    public OutgoingEdus outgoingEdus() {
        return outbox;
    }

    /// Which servers are in which room.
    public RoomServers servers() {
        return servers;
    }

    public RoomViews views() {
        return views;
    }

    public IgnoredSenders ignoredSenders() {
        return ignoredSenders;
    }

    public NewsStore news() {
        return news;
    }

    public Visibility visibility() {
        return visibility;
    }

    public EventRenderer renderer() {
        return renderer;
    }

    public RoomSnapshots snapshots() {
        return snapshots;
    }

    public Bundling bundling() {
        return bundling;
    }

    public RelatedBy relatedBy() {
        return relatedBy;
    }

    public RoomAccess access() {
        return access;
    }

    public RoomDirectory directory() {
        return directory;
    }

    /// What people set for a room follows them when it is replaced.
    public UpgradeFollower upgrades() {
        return upgradeFollower;
    }

    public Receipts receipts() {
        return receipts;
    }

    public Typing typing() {
        return typing;
    }

    public Presence presence() {
        return presence;
    }

    /// The order of typing and presence.
    public EphemeralOrder ephemeral() {
        return ephemeral;
    }

    /// To be started, and closed, by whoever runs the server.
    public PruneWorker pruning() {
        return pruning;
    }

    public Lanes lanes() {
        return lanes;
    }

    /// Where events of other servers come in.
    public EventAdmission admission() {
        return admission;
    }

    /// What local users are to rooms in which this server is not.
    public OutsideMemberships outsideMemberships() {
        return outside.memberships();
    }

    /// The member events of local users.
    public MemberEvents memberEvents() {
        return outside.events();
    }

    /// Whether events of other servers are signed as they must be; asks for keys.
    public EventSignatureCheck signatures() {
        return signatures;
    }

    /// What takes in the events that other servers send.
    public PduReceiver pdus() {
        return new RoomInbound(this).pdus();
    }

    /// What takes in what else they send of rooms.
    public List<EduReceiver> edus() {
        return new RoomInbound(this).edus();
    }

    public EventSender sender() {
        return sender;
    }

    public RoomCreator creator() {
        return creator;
    }

    public MembershipChanger membershipChanger() {
        return membershipChanger;
    }
}
