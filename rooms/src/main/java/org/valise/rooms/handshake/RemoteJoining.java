package org.valise.rooms.handshake;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.federation.inbound.Inbox;
import org.valise.platform.http.Caller;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.members.ArrivalStore;
import org.valise.rooms.members.Membership;
import org.valise.rooms.outside.OutsideMemberships;
import org.valise.rooms.servers.RoomServers;
import org.valise.rooms.timeline.RoomStore;
import org.valise.rooms.timeline.StoredEvent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Joins rooms that this server is not in, or into which nobody of it may let anybody.
///
/// Spec: server-server API, "Joining Rooms".
final class RemoteJoining {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteJoining.class);

    /// A room of 50,000 members is some 100 MB.
    private static final long MOST_BYTES = 512L << 20;

    private static final int MOST_EVENTS = 400_000;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration WAIT_FOR_ANOTHER = Duration.ofMinutes(2);

    private final HandshakeClient client;
    private final ServerQueue queue;
    private final StateAdmission states;
    private final RoomStore rooms;
    private final RoomServers servers;
    private final ArrivalStore arrivals;
    private final OutsideMemberships outside;
    private final Clock clock;
    private final LargestRoom largest;
    private final LargeAnswers large = new LargeAnswers();
    private final ConcurrentHashMap<RoomId, CountDownLatch> underway = new ConcurrentHashMap<>();

    RemoteJoining(
            HandshakeClient client,
            ServerQueue queue,
            StateAdmission states,
            RoomStore rooms,
            RoomServers servers,
            ArrivalStore arrivals,
            OutsideMemberships outside,
            Clock clock,
            LargestRoom largest) {
        this.client = client;
        this.queue = queue;
        this.states = states;
        this.rooms = rooms;
        this.servers = servers;
        this.arrivals = arrivals;
        this.outside = outside;
        this.clock = clock;
        this.largest = largest;
    }

    /// @return false if another user of this server joined in the meantime
    boolean join(Caller caller, RoomId room, List<ServerName> through, JsonObject content) {
        boolean wasHere = isHere(room);
        CountDownLatch mine = new CountDownLatch(1);
        CountDownLatch others = underway.putIfAbsent(room, mine);
        try {
            if (others != null) {
                await(others);
                if (!wasHere && isHere(room)) {
                    return false;
                }
            }
            int most = caller.admin() ? MOST_EVENTS : largest.events();
            queue.ask(
                    caller.user(),
                    room,
                    through,
                    server -> {
                        if (!caller.admin()) {
                            largest.check(server, room);
                        }
                        OwnThread.run(
                                () -> joinThrough(server, caller.user(), room, content, most));
                    });
            outside.cameIn(room);
            return true;
        } finally {
            underway.remove(room, mine);
            mine.countDown();
        }
    }

    private boolean isHere(RoomId room) {
        return rooms.find(room).filter(known -> servers.isHere(known.number())).isPresent();
    }

    private static void await(CountDownLatch others) {
        try {
            if (!others.await(WAIT_FOR_ANOTHER.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("another join of the same room takes long");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void joinThrough(
            ServerName server, UserId user, RoomId room, JsonObject content, int most)
            throws HandshakeFailure {
        HandshakeClient.Template template = client.make(Handshake.JOIN, server, room, user);
        Event join = client.signed(Handshake.JOIN, template, room, user, content, clock.millis());
        // From when it answers on, the other server sends what happens in the room.
        arrivals.begin(room, user, template.version());
        try {
            joinWith(join, server, user, room, template.version(), most);
        } finally {
            arrivals.end(room, user, Inbox::wake);
        }
    }

    private void joinWith(
            Event join, ServerName server, UserId user, RoomId room, RoomVersion version, int most)
            throws HandshakeFailure {
        try (ReceivedState received =
                client.send(
                        Handshake.JOIN,
                        server,
                        join,
                        TIMEOUT,
                        MOST_BYTES,
                        body ->
                                ReceivedState.read(
                                        body,
                                        room,
                                        version,
                                        new ReceivedState.Limits(most, MOST_EVENTS, large)))) {
            mustBeIn(states.admit(received, room, version, join));
        } catch (UnbelievableAnswer e) {
            LOG.warn("{} gave a state of {} that cannot be: {}", server, room, e.getMessage());
            throw HandshakeFailure.unusable(server, String.valueOf(e.getMessage()));
        } catch (RoomTooLarge e) {
            leave(server, user, room);
            throw e.refusal();
        } catch (IOException e) {
            throw new UncheckedIOException("the state of a room could not be kept", e);
        }
    }

    private static void mustBeIn(Admission admission) throws HandshakeFailure {
        switch (admission) {
            case Admission.Accepted _ -> {}
            case Admission.Known(StoredEvent known) when known.isInGraph() -> {}
            case Admission.SoftFailed(StoredEvent _, String reason) ->
                    throw HandshakeFailure.decided(
                            new MatrixException(ErrorCode.M_FORBIDDEN, reason));
            case Admission.Rejected(EventId _, String reason) ->
                    throw new UnbelievableAnswer("it does not allow the join: " + reason);
            case Admission.Unbelievable(String reason) -> throw new UnbelievableAnswer(reason);
            case Admission.Dropped(String reason) ->
                    throw new UnbelievableAnswer("the join is " + reason);
            case Admission.Known _,
                    Admission.Lacks _,
                    Admission.Outlier _,
                    Admission.Unrelated _,
                    Admission.Waiting _ ->
                    throw new UnbelievableAnswer("the join's auth events are not all there");
        }
    }

    /// The room has taken the user in before it was known to be too large.
    private void leave(ServerName server, UserId user, RoomId room) {
        try {
            HandshakeClient.Template template = client.make(Handshake.LEAVE, server, room, user);
            JsonObject content = JsonObject.of("membership", Membership.LEAVE.word());
            Event leave =
                    client.signed(Handshake.LEAVE, template, room, user, content, clock.millis());
            client.hand(Handshake.LEAVE, server, leave);
        } catch (HandshakeFailure e) {
            LOG.warn("{} still has {} in {}: {}", server, user, room, e.getMessage());
        }
    }
}
