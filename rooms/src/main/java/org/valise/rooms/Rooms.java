package org.valise.rooms;

import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.valise.accounts.users.UserNumbers;
import org.valise.platform.database.Database;
import org.valise.platform.http.Endpoint;
import org.valise.platform.stream.OrderedCommits;
import org.valise.platform.stream.Stream;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Signer;
import org.valise.protocol.signature.Verifier;
import org.valise.rooms.creation.CreateRoomClient;
import org.valise.rooms.creation.RoomCreator;
import org.valise.rooms.directory.AliasStore;
import org.valise.rooms.lane.CurrentStateStore;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomChangeReader;
import org.valise.rooms.lane.RoomPolicy;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.lane.SentTransactions;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.membership.MemberProfiles;
import org.valise.rooms.membership.MembershipChanger;
import org.valise.rooms.membership.RestrictedJoins;
import org.valise.rooms.sending.EventSender;
import org.valise.rooms.sending.RedactEventClient;
import org.valise.rooms.sending.SendEventClient;
import org.valise.rooms.sending.SendStateClient;
import org.valise.rooms.sending.StateContentRules;
import org.valise.rooms.rendering.EventRenderer;
import org.valise.rooms.state.StateStore;
import org.valise.rooms.timeline.EventStore;
import org.valise.rooms.timeline.Events;
import org.valise.rooms.timeline.NumberBlock;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StateKeys;
import org.valise.rooms.view.RoomViews;
import org.valise.rooms.visibility.Visibility;

/// The front of the module: rooms, their events and state, and who is in them.
public final class Rooms {
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
    private final Lanes lanes;
    private final EventSender sender;
    private final RoomCreator creator;
    private final MembershipChanger membershipChanger;
    private final StateContentRules stateContentRules;
    private final Visibility visibility;
    private final EventRenderer renderer;

    /// What rooms need from outside.
    ///
    /// @param profiles `displayname` and `avatar_url` of a local user
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
            RoomPolicy policy) {}

    public Rooms(Needs needs) {
        Database database = needs.database();
        ServerName server = needs.signer().server();
        Predicate<UserId> local = user -> user.server().equals(server);
        rooms = new RoomStore(database);
        events = new Events(new EventStore(database), EVENT_CACHE_BYTES);
        keys = new StateKeys(database);
        states = new StateStore(database, STATE_CACHE_BYTES);
        currentStates = new CurrentStateStore(database);
        memberships = new MembershipStore(database);
        views = new RoomViews(needs.stream(), rooms, events, currentStates, states);
        needs.stream().follow(views);
        visibility = new Visibility(events, states, keys, memberships);
        renderer = new EventRenderer(events, states, visibility);
        needs.stream().read(new RoomChangeReader(database, events, states));
        lanes =
                new Lanes(
                        new RoomWriter.Tools(
                                database,
                                rooms,
                                keys,
                                states,
                                new NumberBlock(database, "rooms.state_number", 1000),
                                new NumberBlock(database, "rooms.event_number", 1000),
                                events,
                                needs.users(),
                                needs.signer(),
                                needs.verifier(),
                                local,
                                needs.opaque(),
                                needs.policy()),
                        needs.commits());
        AliasStore aliases = new AliasStore(database);
        MemberProfiles profiles = new MemberProfiles(needs.profiles());
        sender = new EventSender(lanes, rooms, events, new SentTransactions(database));
        creator = new RoomCreator(lanes, profiles, aliases, server);
        membershipChanger =
                new MembershipChanger(
                        lanes,
                        rooms,
                        profiles,
                        new RestrictedJoins(rooms, memberships, needs.users(), local));
        stateContentRules =
                new StateContentRules(
                        alias -> aliases.find(alias).map(target -> rooms.get(target.room()).id()));
    }

    public List<Endpoint> endpoints() {
        return List.of(
                new CreateRoomClient(creator),
                new SendEventClient(sender),
                new RedactEventClient(sender),
                new SendStateClient(sender, stateContentRules));
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

    public Visibility visibility() {
        return visibility;
    }

    public EventRenderer renderer() {
        return renderer;
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
