package org.valise.rooms;

import org.valise.accounts.accountdata.AccountData;
import org.valise.accounts.users.UserNumbers;
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
import org.valise.protocol.signature.Signer;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.creation.CreateRoomClient;
import org.valise.rooms.creation.DefaultEncryption;
import org.valise.rooms.creation.RoomCreator;
import org.valise.rooms.directory.AliasStore;
import org.valise.rooms.directory.DirectoryEndpoints;
import org.valise.rooms.directory.PublishedRoomStore;
import org.valise.rooms.directory.RoomDirectory;
import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.PruneWorker;
import org.valise.rooms.lane.RoomChangeReader;
import org.valise.rooms.lane.RoomPolicy;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.lane.SentTransactionStore;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.membership.AccountFollower;
import org.valise.rooms.membership.BanClient;
import org.valise.rooms.membership.ForgetRoomClient;
import org.valise.rooms.membership.Forgetting;
import org.valise.rooms.membership.InviteGuard;
import org.valise.rooms.membership.InviteUserClient;
import org.valise.rooms.membership.JoinRoomByIdClient;
import org.valise.rooms.membership.JoinRoomClient;
import org.valise.rooms.membership.JoinedRoomsClient;
import org.valise.rooms.membership.KickClient;
import org.valise.rooms.membership.KnockRoomClient;
import org.valise.rooms.membership.LeaveRoomClient;
import org.valise.rooms.membership.MemberProfiles;
import org.valise.rooms.membership.MembershipChanger;
import org.valise.rooms.membership.RestrictedJoins;
import org.valise.rooms.membership.RoomTargets;
import org.valise.rooms.membership.UnbanClient;
import org.valise.rooms.presence.Presence;
import org.valise.rooms.presence.PresenceClient;
import org.valise.rooms.presence.PresenceConfig;
import org.valise.rooms.presence.SetPresenceClient;
import org.valise.rooms.presence.ShowsActivity;
import org.valise.rooms.reading.EventContextClient;
import org.valise.rooms.reading.IgnoredSenders;
import org.valise.rooms.reading.JoinedMembersClient;
import org.valise.rooms.reading.RoomAccess;
import org.valise.rooms.reading.RoomEventClient;
import org.valise.rooms.reading.RoomHistory;
import org.valise.rooms.reading.RoomMembersClient;
import org.valise.rooms.reading.RoomMessagesClient;
import org.valise.rooms.reading.RoomStateClient;
import org.valise.rooms.reading.RoomStateEventClient;
import org.valise.rooms.reading.StateEvents;
import org.valise.rooms.reading.TokenPlaces;
import org.valise.rooms.receipts.ReadingMarker;
import org.valise.rooms.receipts.Receipts;
import org.valise.rooms.receipts.SendReceiptClient;
import org.valise.rooms.receipts.SetReadMarkerClient;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.sending.EventSender;
import org.valise.rooms.sending.RedactEventClient;
import org.valise.rooms.sending.SendEventClient;
import org.valise.rooms.sending.SendStateClient;
import org.valise.rooms.sending.StateContentRules;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.SequenceStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.typing.SetTypingClient;
import org.valise.rooms.typing.Typing;
import org.valise.rooms.view.NewsStore;
import org.valise.rooms.view.RoomViews;
import org.valise.rooms.visibility.Visibility;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The front of the module: rooms, their events and state, and who is in them.
public final class Rooms implements AutoCloseable {
    /// Where its migrations are.
    public static final String MIGRATIONS = "org/valise/rooms/migration";

    private static final long EVENT_CACHE_BYTES = 64L << 20;
    private static final long STATE_CACHE_BYTES = 32L << 20;

    private final RoomStore rooms;
    private final Events events;
    private final StateKeys keys;
    private final StateStore states;
    private final CurrentStateStore currentStates;
    private final MembershipStore memberships;
    private final RoomViews views;
    private final NewsStore news;
    private final PruneWorker pruning;
    private final Lanes lanes;
    private final EventSender sender;
    private final RoomCreator creator;
    private final MembershipChanger membershipChanger;
    private final AccountFollower accountFollower;
    private final StateContentRules stateContentRules;
    private final Visibility visibility;
    private final EventRenderer renderer;
    private final AliasStore aliases;
    private final InviteGuard inviteGuard;
    private final RoomAccess access;
    private final IgnoredSenders ignoredSenders;
    private final RoomHistory history;
    private final Stream stream;
    private final Receipts receipts;
    private final EphemeralOrder ephemeral;
    private final Typing typing;
    private final Presence presence;
    private final UserNumbers users;
    private final RoomDirectory directory;
    private final ServerName server;
    private final AccountData accountData;

    /// What rooms need from outside.
    ///
    /// @param profiles `displayname` and `avatar_url` of a local user
    /// @param defaultVersion of rooms whose creator asks for none
    /// @param opaque makes the random part of an id
    public record Needs(
            Database database,
            Stream stream,
            OrderedCommits commits,
            UserNumbers users,
            Signer signer,
            Verifier verifier,
            Function<UserId, JsonObject> profiles,
            Supplier<String> opaque,
            RoomPolicy policy,
            RoomVersion defaultVersion,
            DefaultEncryption encryption,
            AccountData accountData,
            RateLimits limits,
            EphemeralOrder ephemeral,
            PresenceConfig presence) {}

    public Rooms(Needs needs) {
        Database database = needs.database();
        server = needs.signer().server();
        stream = needs.stream();
        Predicate<UserId> local = user -> user.server().equals(server);
        rooms = new RoomStore(database);
        events = new Events(new EventStore(database), EVENT_CACHE_BYTES);
        SequenceStore numbers = new SequenceStore(database);
        keys = new StateKeys(database);
        states = new StateStore(database, STATE_CACHE_BYTES);
        currentStates = new CurrentStateStore(database);
        memberships = new MembershipStore(database);
        views = new RoomViews(needs.stream(), rooms, events, currentStates, states);
        needs.stream().follow(views);
        news = new NewsStore(database);
        pruning = new PruneWorker(database, needs.stream(), events, states);
        visibility = new Visibility(events, states, keys, memberships, views);
        renderer = new EventRenderer(events, states, visibility);
        needs.stream().read(new RoomChangeReader(currentStates, memberships, events, states));
        lanes =
                new Lanes(
                        new RoomWriter.Tools(
                                database,
                                rooms,
                                keys,
                                states,
                                numbers.states(),
                                numbers.events(),
                                events,
                                needs.users(),
                                needs.signer(),
                                needs.verifier(),
                                local,
                                needs.opaque(),
                                needs.policy()),
                        needs.commits());
        aliases = new AliasStore(database);
        directory =
                new RoomDirectory(new PublishedRoomStore(database), stream, views, keys, events);
        stream.follow(directory);
        inviteGuard = new InviteGuard(needs.accountData(), needs.users(), needs.limits(), local);
        MemberProfiles profiles = new MemberProfiles(needs.profiles());
        sender = new EventSender(lanes, rooms, events, new SentTransactionStore(database));
        creator =
                new RoomCreator(
                        lanes,
                        profiles,
                        aliases,
                        server,
                        needs.defaultVersion(),
                        inviteGuard,
                        needs.encryption());
        membershipChanger =
                new MembershipChanger(
                        lanes,
                        rooms,
                        profiles,
                        new RestrictedJoins(rooms, memberships, needs.users(), local),
                        inviteGuard);
        accountFollower =
                new AccountFollower(
                        database, stream, needs.users(), memberships, rooms, membershipChanger);
        stream.follow(accountFollower);
        stateContentRules =
                new StateContentRules(
                        alias -> aliases.find(alias).map(target -> rooms.get(target.room()).id()));
        access = new RoomAccess(stream, rooms, memberships, views, keys, events);
        accountData = needs.accountData();
        receipts = new Receipts(database, stream, needs.commits());
        stream.read(receipts);
        stream.follow(receipts);
        ephemeral = needs.ephemeral();
        typing = new Typing(needs.users(), ephemeral);
        presence = new Presence(needs.presence(), ephemeral, needs.opaque().get());
        users = needs.users();
        stream.follow(typing);
        ignoredSenders = new IgnoredSenders(needs.accountData());
        history = new RoomHistory(events, visibility, ignoredSenders);
    }

    /// Goes on with what was left undone when the server was stopped. Once, after the start of the
    /// stream and of the commits.
    public void catchUp() {
        accountFollower.wake();
        presence.start();
        Thread.ofVirtual().name("directory").start(directory::catchUp);
    }

    /// Ends what goes on in the background; the database must still be open.
    @Override
    public void close() {
        presence.close();
        accountFollower.close();
        directory.close();
    }

    public List<Endpoint> endpoints() {
        TokenPlaces places = new TokenPlaces(stream, events, states);
        RoomTargets targets = new RoomTargets(aliases, rooms);
        ReadingMarker marker = new ReadingMarker(access, events, visibility, receipts, accountData);
        StateEvents state = new StateEvents(keys, events, states, renderer);
        List<Endpoint> endpoints =
                new ArrayList<>(
                        List.of(
                                new CreateRoomClient(creator),
                                active(new SendEventClient(sender)),
                                active(new RedactEventClient(sender)),
                                active(new SendStateClient(sender, stateContentRules, inviteGuard)),
                                new JoinRoomByIdClient(membershipChanger),
                                new JoinRoomClient(membershipChanger, targets),
                                new KnockRoomClient(membershipChanger, targets),
                                new LeaveRoomClient(membershipChanger),
                                new InviteUserClient(membershipChanger),
                                new KickClient(membershipChanger),
                                new BanClient(membershipChanger),
                                new UnbanClient(membershipChanger),
                                new ForgetRoomClient(new Forgetting(rooms, memberships)),
                                new JoinedRoomsClient(memberships, rooms, stream),
                                new RoomEventClient(access, events, visibility, renderer),
                                new RoomStateClient(access, state),
                                new RoomStateEventClient(access, state),
                                new RoomMembersClient(access, state, places),
                                new JoinedMembersClient(access, state),
                                new RoomMessagesClient(access, history, state, places),
                                new EventContextClient(access, history, state, events, visibility),
                                active(new SendReceiptClient(marker)),
                                active(new SetReadMarkerClient(marker)),
                                active(new SetTypingClient(access, typing)),
                                new PresenceClient(presence, users, memberships),
                                new SetPresenceClient(presence)));
        endpoints.addAll(
                new DirectoryEndpoints(aliases, directory, rooms, access, state, lanes, server)
                        .all());
        return List.copyOf(endpoints);
    }

    private Endpoint active(Endpoint endpoint) {
        return new ShowsActivity(endpoint, presence);
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

    public RoomAccess access() {
        return access;
    }

    public RoomDirectory directory() {
        return directory;
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
