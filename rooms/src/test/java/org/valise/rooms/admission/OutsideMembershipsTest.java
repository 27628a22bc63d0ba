package org.valise.rooms.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Caller;
import org.valise.platform.stream.Change;
import org.valise.platform.stream.ChangeReader;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.TestNode;
import org.valise.rooms.lane.OutsideChange;
import org.valise.rooms.lane.RoomChangeReader;
import org.valise.rooms.members.Membership;
import org.valise.rooms.members.MembershipStore.UserMembership;
import org.valise.rooms.outside.OutsideMemberships;
import org.valise.rooms.timeline.OutgoingEventStore;
import org.valise.testing.TestDatabase;

import java.util.List;
import java.util.Optional;

/// What local users are to rooms in which this server is not.
final class OutsideMembershipsTest {
    private static final ServerName THERE = RemoteRoom.ROSE.server();

    private final TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
    private final TestNode node = new TestNode(database.database());
    private final Caller alice = node.caller("alice");
    private final Caller bob = node.caller("bob");
    private final RemoteRoom remote = new RemoteRoom(RoomVersion.V11);
    private final OutsideMemberships outside = node.rooms.outsideMemberships();

    @AfterEach
    void stop() {
        node.close();
        database.close();
    }

    private Event member(Event after, UserId sender, Caller target, String membership) {
        return remote.say(
                List.of(after),
                sender,
                "m.room.member",
                target.user().value(),
                RemoteRoom.member(membership));
    }

    private Event invited(Caller target) {
        Event invite = member(remote.newest(), RemoteRoom.ROSE, target, "invite");
        assertThat(outside.set(invite, List.of(), THERE)).isTrue();
        return invite;
    }

    private Optional<UserMembership> newest(Caller of) {
        return node.rooms
                .memberships()
                .of(
                        of.userNumber(),
                        node.rooms.rooms().find(remote.id).orElseThrow().number(),
                        Long.MAX_VALUE);
    }

    private Membership present(Caller of) {
        return newest(of).orElseThrow().membership();
    }

    @Test
    void anInvitationStandsOutsideTheRoomUntilTheJoin() {
        Event invite = invited(alice);
        assertThat(newest(alice).orElseThrow().isOutside()).isTrue();
        assertThat(node.rooms.memberEvents().of(newest(alice).orElseThrow()).id())
                .isEqualTo(invite.id());
        assertThat(node.rooms.events().byId(invite.id())).isEmpty();
        assertThat(outside.servers(alice.user(), remote.id)).containsExactly(THERE);

        new LocalRoom(node, remote).join(alice, invite);
        assertThat(present(alice)).isEqualTo(Membership.JOIN);
        assertThat(newest(alice).orElseThrow().isOutside()).isFalse();
    }

    /// It is the room's state that counts from then on, also for others.
    @Test
    void aJoinBringsTheOthersInsideAsTheStateHasThem() {
        Event forAlice = invited(alice);
        Event forBob = member(forAlice, RemoteRoom.ROSE, bob, "invite");
        outside.set(forBob, List.of(), THERE);
        Event takenBack =
                member(forBob, RemoteRoom.ROSE, bob, "leave"); // nobody was told of it here

        new LocalRoom(node, remote).join(alice, takenBack);
        assertThat(present(bob)).isEqualTo(Membership.LEAVE);
        assertThat(newest(bob).orElseThrow().isOutside()).isFalse();
    }

    @Test
    void aJoinEndsAnInvitationThatTheRoomDoesNotKnow() {
        Event before = remote.newest();
        Event neverSent = member(before, RemoteRoom.ROSE, bob, "invite");
        outside.set(neverSent, List.of(), THERE);

        new LocalRoom(node, remote).join(alice, before);
        assertThat(present(bob)).isEqualTo(Membership.LEAVE);
        assertThat(newest(bob).orElseThrow().event()).isZero();
    }

    @Test
    void whatComesAfterTheJoinIsNotWrittenFromOutside() {
        Event join = new LocalRoom(node, remote).join(alice, remote.newest());
        Event invite = member(join, RemoteRoom.ROSE, bob, "invite");
        assertThat(outside.set(invite, List.of(), THERE)).isFalse();
        assertThat(newest(bob)).isEmpty();
    }

    @Test
    void theSameInvitationTwiceIsOne() {
        Event invite = invited(alice);
        long position = newest(alice).orElseThrow().position();
        assertThat(outside.set(invite, List.of(), THERE)).isTrue();
        assertThat(newest(alice).orElseThrow().position()).isEqualTo(position);
    }

    @Test
    void decliningNeedsNoOtherServer() {
        invited(alice);
        node.rooms.membershipChanger().leave(alice, remote.id, "no", 5);
        UserMembership now = newest(alice).orElseThrow();
        assertThat(now.membership()).isEqualTo(Membership.LEAVE);
        Event leave = node.rooms.memberEvents().of(now).event();
        assertThat(leave.sender()).isEqualTo(alice.user());
        assertThat(leave.content()).isEqualTo(JsonObject.of("membership", "leave", "reason", "no"));
        assertThat(farewells()).isEqualTo(1);
        node.rooms.membershipChanger().leave(alice, remote.id, null, 6);
        assertThat(newest(alice).orElseThrow().position()).isEqualTo(now.position());

        invited(alice);
        assertThat(present(alice)).isEqualTo(Membership.INVITE);
    }

    private long farewells() {
        return database.database()
                .read(tx -> tx.only("SELECT count(*) FROM rooms.farewell", row -> row.getLong(1)));
    }

    @Test
    void whoInvitedTakesTheInvitationBack() {
        Event invite = invited(alice);
        assertThat(outside.receive(member(invite, RemoteRoom.ROSE, alice, "leave"))).isTrue();
        assertThat(present(alice)).isEqualTo(Membership.LEAVE);
        assertThat(farewells()).isZero();
    }

    /// Whether anybody else may cannot be judged from outside.
    @Test
    void nobodyElseTakesItBack() {
        Event invite = invited(alice);
        UserId stranger = UserId.parse("@eve:other.example");
        assertThat(outside.receive(kick(stranger, List.of(remote.all().getFirst())))).isFalse();
        assertThat(present(alice)).isEqualTo(Membership.INVITE);
        assertThat(outside.receive(kick(stranger, List.of(invite)))).isFalse();
        assertThat(outside.receive(kick(RemoteRoom.RALF, List.of(invite)))).isFalse();
        assertThat(present(alice)).isEqualTo(Membership.INVITE);
    }

    private Event kick(UserId by, List<Event> auth) {
        return EventBuilder.of(remote.version)
                .roomId(remote.id)
                .type("m.room.member")
                .stateKey(alice.user().value())
                .sender(by)
                .content(RemoteRoom.member("leave"))
                .authEvents(
                        auth.stream()
                                .filter(OutsideMembershipsTest::isInvite)
                                .map(Event::id)
                                .toList())
                .prevEvents(auth.stream().map(Event::id).toList())
                .depth(9)
                .originServerTs(9)
                .sign(RemoteRoom.SIGNER);
    }

    private static boolean isInvite(Event event) {
        return event.content().string("membership").equals(Optional.of("invite"));
    }

    @Test
    void leavesOfRoomsThatNobodyHereHasToDoWithAreNotItsBusiness() {
        assertThat(outside.receive(member(remote.newest(), RemoteRoom.ROSE, alice, "leave")))
                .isFalse();
        assertThat(node.rooms.rooms().find(remote.id)).isEmpty();
    }

    @Test
    void aKnockStandsUntilItIsRefused() {
        Event rules =
                remote.say(
                        List.of(remote.newest()),
                        RemoteRoom.ROSE,
                        "m.room.join_rules",
                        "",
                        JsonObject.of("join_rule", "knock"));
        Event knock = member(rules, alice.user(), alice, "knock");
        ServerName through = ServerName.parse("third.example");
        outside.set(knock, List.of(), through);
        assertThat(present(alice)).isEqualTo(Membership.KNOCK);
        assertThat(outside.servers(alice.user(), remote.id)).containsExactly(through);
        Event byOther = member(knock, RemoteRoom.RALF, alice, "leave");
        assertThat(byOther.authEvents()).contains(knock.id());
        assertThat(outside.receive(byOther)).isTrue();
        assertThat(present(alice)).isEqualTo(Membership.LEAVE);
    }

    /// SECURITY: whoever lies about a room's version must not keep everybody out of it for good.
    @Test
    void anInvitationDoesNotSettleTheRoomsVersion() {
        RemoteRoom lie = new RemoteRoom(RoomVersion.V10, 77);
        Event invite =
                lie.say(
                        List.of(lie.newest()),
                        RemoteRoom.ROSE,
                        "m.room.member",
                        alice.user().value(),
                        RemoteRoom.member("invite"));
        outside.set(invite, List.of(), THERE);
        RoomId id = lie.id;
        assertThat(node.rooms.rooms().find(id).orElseThrow().version()).isEqualTo(RoomVersion.V10);
        assertThat(node.rooms.admission().room(id, RoomVersion.V9).version())
                .isEqualTo(RoomVersion.V9);
        assertThat(node.rooms.rooms().find(id).orElseThrow().version()).isEqualTo(RoomVersion.V9);
        assertThat(node.rooms.rooms().introduce(id, RoomVersion.V11).version())
                .isEqualTo(RoomVersion.V9);
    }

    @Test
    void anotherNodeReadsIt() {
        invited(alice);
        RoomChangeReader reader =
                new RoomChangeReader(
                        node.rooms.currentStates(),
                        node.rooms.memberships(),
                        node.rooms.events(),
                        node.rooms.states(),
                        new OutgoingEventStore(database.database()));
        List<Change> changes =
                reader.read(new ChangeReader.News(0, Long.MAX_VALUE, reader.tables()));
        UserMembership written = newest(alice).orElseThrow();
        assertThat(changes)
                .containsExactly(
                        new OutsideChange(
                                written.position(),
                                written.room(),
                                alice.userNumber(),
                                Membership.INVITE,
                                written.event()));
    }
}
