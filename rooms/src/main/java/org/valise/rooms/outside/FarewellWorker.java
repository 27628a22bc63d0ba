package org.valise.rooms.outside;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.valise.accounts.users.UserNumbers;
import org.valise.federation.client.FederationClient;
import org.valise.federation.client.FederationException;
import org.valise.federation.client.FederationRequest;
import org.valise.platform.database.Database;
import org.valise.platform.stream.CatchUpWorker;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventTypes;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.lane.Lanes;
import org.valise.rooms.lane.RoomWriter;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore;
import org.valise.rooms.members.OutsideMember;
import org.valise.rooms.members.OutsideMemberStore;
import org.valise.rooms.outside.FarewellStore.Farewell;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.RoomStore;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tells rooms in which this server is not that a local user has declined, or no longer knocks.
///
/// Durable, and tried for a week: the inviter's server may be away. Any node takes what is due; one
/// that is stopped in the middle leaves it to the next attempt. A second farewell would be refused
/// by the room's rules, so it does no harm.
public final class FarewellWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FarewellWorker.class);
    private static final Duration PAUSE = Duration.ofSeconds(20);

    /// How long whoever leaves waits for other servers to hear of it.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration TRIED_FOR = Duration.ofDays(7);
    private static final long MOST_BYTES = 256 * 1024;
    private static final int AT_ONCE = 20;

    private final FarewellStore store;
    private final FederationClient client;
    private final Lanes lanes;
    private final RoomStore rooms;
    private final MembershipStore memberships;
    private final OutsideMemberStore members;
    private final UserNumbers users;
    private final LeaveEvents leaves;
    private final CatchUpWorker worker = new CatchUpWorker("farewells", this::catchUp);
    private final Thread clock = Thread.ofVirtual().name("farewells-due").unstarted(this::tick);

    public FarewellWorker(
            Database database,
            FederationClient client,
            Lanes lanes,
            RoomStore rooms,
            MembershipStore memberships,
            OutsideMemberStore members,
            UserNumbers users,
            LeaveEvents leaves) {
        this.store = new FarewellStore(database);
        this.client = client;
        this.lanes = lanes;
        this.rooms = rooms;
        this.memberships = memberships;
        this.members = members;
        this.users = users;
        this.leaves = leaves;
    }

    /// Goes on with what is due, now and from time to time.
    public void start() {
        clock.start();
    }

    /// Says one now. Returns when it is said, or after a while: then it goes on in the background.
    void sayNow(long room, long user) {
        Thread saying =
                Thread.ofVirtual()
                        .name("farewell")
                        .start(() -> store.take(room, user).ifPresent(this::sayAndNote));
        try {
            saying.join(PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Says those to a room as soon as possible, however long they would wait.
    void hurry(long room) {
        if (store.hurry(room)) {
            worker.wake();
        }
    }

    private void sayAndNote(Farewell farewell) {
        try {
            if (isSaid(farewell) || farewell.age().compareTo(TRIED_FOR) > 0) {
                store.done(farewell);
            }
        } catch (RuntimeException e) {
            LOG.warn("a farewell to room {} failed, trying again later", farewell.room(), e);
        }
    }

    @Override
    public void close() {
        clock.interrupt();
        worker.close();
    }

    private void tick() {
        try {
            while (true) {
                worker.wake();
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void catchUp() {
        List<Farewell> due;
        do {
            due = store.take(AT_ONCE);
            for (Farewell farewell : due) {
                if (worker.isClosed()) {
                    return; // those that were taken come again
                }
                sayAndNote(farewell);
            }
        } while (due.size() == AT_ONCE);
    }

    /// Whether nothing is left to be said.
    private boolean isSaid(Farewell farewell) {
        UserId user = users.user(farewell.user());
        RoomRef room = rooms.get(farewell.room());
        OutsideMember member = members.get(farewell.member());
        try {
            boolean here =
                    lanes.write(
                            room,
                            writer -> {
                                if (!writer.isHere()) {
                                    return false;
                                }
                                sayHere(writer, user, member.event(), farewell);
                                return true;
                            });
            return here || isOverridden(farewell) || isSaidThere(user, member, farewell);
        } catch (MatrixException refusal) {
            LOG.info("{} cannot leave room {}: {}", user, room.id(), refusal.detail());
            return true;
        }
    }

    /// Somebody here has come into the room meanwhile, and its state still has the invitation.
    private static void sayHere(RoomWriter writer, UserId user, Event ended, Farewell farewell) {
        var present = writer.state(EventTypes.MEMBER, user.value());
        if (present != null && present.id().equals(ended.id())) {
            JsonObject content = OutsideMemberships.content(farewell.reason());
            long now = System.currentTimeMillis();
            writer.send(Draft.state(EventTypes.MEMBER, user.value(), user, content, now));
        }
    }

    /// Whether the user was invited again, or has knocked again.
    private boolean isOverridden(Farewell farewell) {
        return memberships
                .of(farewell.user(), farewell.room(), Long.MAX_VALUE)
                .filter(newest -> newest.membership() == Membership.LEAVE && newest.isOutside())
                .isEmpty();
    }

    private boolean isSaidThere(UserId user, OutsideMember member, Farewell farewell) {
        boolean isOver = true;
        for (ServerName server : OutsideMemberships.servers(member)) {
            try {
                leave(server, user, member.event(), farewell);
                return true;
            } catch (FederationException e) {
                LOG.info("{} was not told that {} leaves: {}", server, user, e.getMessage());
                isOver &= isFinal(e);
            }
        }
        return isOver;
    }

    /// The room's rules, or its end, leave nothing to be said.
    private static boolean isFinal(FederationException refusal) {
        return Set.of(403, 404).contains(refusal.status())
                && refusal.errcode()
                        .filter(Set.of("M_FORBIDDEN", "M_NOT_FOUND")::contains)
                        .isPresent();
    }

    private void leave(ServerName server, UserId user, Event member, Farewell farewell)
            throws FederationException {
        String room = FederationRequest.segment(member.roomId().value());
        JsonObject made =
                client.send(
                        FederationRequest.get(
                                        server,
                                        "/_matrix/federation/v1/make_leave/%s/%s"
                                                .formatted(
                                                        room,
                                                        FederationRequest.segment(user.value())))
                                .within(TIMEOUT)
                                .atMost(MOST_BYTES));
        JsonObject template = Optional.of(made).flatMap(it -> it.object("event")).orElse(made);
        Event leave =
                leaves.placed(
                        template,
                        member,
                        user,
                        OutsideMemberships.content(farewell.reason()),
                        System.currentTimeMillis());
        client.send(
                FederationRequest.put(
                                server,
                                "/_matrix/federation/v2/send_leave/%s/%s"
                                        .formatted(
                                                room,
                                                FederationRequest.segment(leave.id().value())),
                                leave.json())
                        .within(TIMEOUT)
                        .atMost(MOST_BYTES));
    }
}
