package org.valise.rooms;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.profiles.Profiles;
import org.valise.accounts.reports.Reports;
import org.valise.accounts.users.UserNumbers;
import org.valise.federation.Federation;
import org.valise.federation.inbound.EduReceiver;
import org.valise.federation.inbound.PduReceiver;
import org.valise.federation.outbox.OutgoingEdus;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.RateLimits;
import org.valise.platform.stream.EphemeralOrder;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.admission.EventAdmission;
import org.valise.rooms.admission.EventSignatureCheck;
import org.valise.rooms.creation.DefaultEncryption;
import org.valise.rooms.creation.RoomCreator;
import org.valise.rooms.directory.RoomDirectory;
import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.PruneWorker;
import org.valise.rooms.lane.RoomPolicy;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.membership.MembershipChanger;
import org.valise.rooms.outside.MemberEvents;
import org.valise.rooms.outside.OutsideMemberships;
import org.valise.rooms.presence.Presence;
import org.valise.rooms.presence.PresenceConfig;
import org.valise.rooms.reading.Bundling;
import org.valise.rooms.reading.IgnoredSenders;
import org.valise.rooms.reading.RelatedBy;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.reading.RoomSnapshots;
import org.valise.rooms.receipts.Receipts;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.reporting.ReportEventClient;
import org.valise.rooms.reporting.ReportRoomClient;
import org.valise.rooms.sending.EventSender;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.typing.Typing;
import org.valise.rooms.upgrades.UpgradeFollower;
import org.valise.rooms.userdirectory.UserDirectory;
import org.valise.rooms.view.NewsStore;
import org.valise.rooms.view.RoomViews;
import org.valise.rooms.visibility.Visibility;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The front of the module: rooms, their events and state, and who is in them.
public final class Rooms implements AutoCloseable {
    /// Where its migrations are.
    public static final String MIGRATIONS = "org/valise/rooms/migration";

    final Needs needs;
    final RoomKnowledge known;
    final RoomEngine engine;
    final RoomReading reading;
    final RoomActions actions;
    final RoomActivity activity;
    private final RoomFollowers followers;

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
        this.needs = needs;
        known = new RoomKnowledge(needs, memory);
        engine = new RoomEngine(needs, memory, known);
        reading = new RoomReading(needs, known);
        actions = new RoomActions(needs, known, engine, reading);
        followers = new RoomFollowers(needs, known, actions.membershipChanger);
        activity = new RoomActivity(needs, known, engine.outbox);
    }

    /// Goes on with what was left undone when the server was stopped. Once, after the start of the
    /// stream and of the commits.
    public void catchUp() {
        reading.erasures.load();
        engine.outbox.start();
        activity.presence.start();
        followers.wake();
        actions.outside.farewells().start();
        Thread.ofVirtual().name("directory").start(reading.directory::catchUp);
    }

    /// The position up to which nothing of the log of accounts is needed here any more.
    public long accountsFollowed() {
        return followers.accounts.followed();
    }

    /// Searching for people: to be made before the stream starts, followed by it, woken after its
    /// start, and closed by whoever makes it.
    public UserDirectory userDirectory(Profiles profiles) {
        return new UserDirectory(
                needs.database(),
                needs.stream(),
                needs.users(),
                profiles,
                known.views,
                known.keys,
                known.events);
    }

    /// The operations by which rooms and events are reported.
    public List<Endpoint> reporting(Reports reports) {
        return List.of(
                new ReportRoomClient(known.rooms, reports),
                new ReportEventClient(
                        known.rooms, known.memberships, known.events, reading.visibility, reports));
    }

    /// Ends what goes on in the background; the database must still be open.
    @Override
    public void close() {
        activity.outgoing.close();
        engine.outgoingEvents.close();
        activity.presence.close();
        followers.close();
        actions.outside.farewells().close();
        reading.directory.close();
        engine.lanes.close();
    }

    public List<Endpoint> endpoints() {
        return new RoomEndpoints(this).all();
    }

    public RoomStore rooms() {
        return known.rooms;
    }

    public Events events() {
        return known.events;
    }

    public StateKeys keys() {
        return known.keys;
    }

    public StateStore states() {
        return known.states;
    }

    public CurrentStateStore currentStates() {
        return known.currentStates;
    }

    public MembershipStore memberships() {
        return known.memberships;
    }

    /// What goes to other servers beside events.
    public OutgoingEdus outgoingEdus() {
        return engine.outbox;
    }

    /// Which servers are in which room.
    public RoomServers servers() {
        return known.servers;
    }

    public RoomViews views() {
        return known.views;
    }

    public IgnoredSenders ignoredSenders() {
        return reading.ignoredSenders;
    }

    public NewsStore news() {
        return reading.news;
    }

    public Visibility visibility() {
        return reading.visibility;
    }

    public EventRenderer renderer() {
        return reading.renderer;
    }

    public RoomSnapshots snapshots() {
        return reading.snapshots;
    }

    public Bundling bundling() {
        return reading.bundling;
    }

    public RelatedBy relatedBy() {
        return reading.relatedBy;
    }

    public RoomAccess access() {
        return reading.access;
    }

    public RoomDirectory directory() {
        return reading.directory;
    }

    /// What people set for a room follows them when it is replaced.
    public UpgradeFollower upgrades() {
        return followers.upgrades;
    }

    public Receipts receipts() {
        return activity.receipts;
    }

    public Typing typing() {
        return activity.typing;
    }

    public Presence presence() {
        return activity.presence;
    }

    /// The order of typing and presence.
    public EphemeralOrder ephemeral() {
        return needs.ephemeral();
    }

    /// To be started, and closed, by whoever runs the server.
    public PruneWorker pruning() {
        return engine.pruning;
    }

    public Lanes lanes() {
        return engine.lanes;
    }

    /// Where events of other servers come in.
    public EventAdmission admission() {
        return engine.admission;
    }

    /// What local users are to rooms in which this server is not.
    public OutsideMemberships outsideMemberships() {
        return actions.outside.memberships();
    }

    /// The member events of local users.
    public MemberEvents memberEvents() {
        return actions.outside.events();
    }

    /// Whether events of other servers are signed as they must be; asks for keys.
    public EventSignatureCheck signatures() {
        return engine.signatures;
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
        return actions.sender;
    }

    public RoomCreator creator() {
        return actions.creator;
    }

    public MembershipChanger membershipChanger() {
        return actions.membershipChanger;
    }
}
