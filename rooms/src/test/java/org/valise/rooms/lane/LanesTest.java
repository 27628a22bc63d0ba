package org.valise.rooms.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.valise.platform.http.Caller;
import org.valise.platform.http.TransactionKey;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.TestNode;
import org.valise.rooms.members.Membership;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;
import org.valise.testing.TestDatabase;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

final class LanesTest {
    private final TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
    private final TestNode node = new TestNode(database.database());
    private final Caller alice = node.caller("alice");
    private final Caller bob = node.caller("bob");

    @AfterEach
    void stop() {
        node.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource(RoomVersion.class)
    void makesARoomOfEveryVersionInWhichPeopleTalk(RoomVersion version) {
        RoomId room =
                node.createRoom(
                        alice,
                        JsonObject.of(
                                "room_version",
                                version.id(),
                                "preset",
                                "public_chat",
                                "name",
                                "n"));
        node.rooms.membershipChanger().join(bob, room, null, 1);
        EventId first = send(node, alice, room, "one", 1);
        EventId second = send(node, bob, room, "two", 2);

        RoomRef ref = node.rooms.rooms().find(room).orElseThrow();
        RoomView view = node.rooms.views().get(ref.number());
        List<StoredEvent> events = view.timeline(0, node.stream.applied(), 100).events();
        assertThat(events.stream().map(StoredEvent::id)).endsWith(first, second);
        assertThat(events.getLast().event().prevEvents()).containsExactly(first);
        assertThat(events.getFirst().event().type()).isEqualTo("m.room.create");
        assertThat(view.stateAt(node.stream.applied()).memberEntries()).isEqualTo(2);
        for (StoredEvent event : events) {
            StoredEvent read = node.rooms.events().store().byId(event.id()).orElseThrow();
            assertThat(read.event().json()).isEqualTo(event.event().json());
            assertThat(read.order()).isEqualTo(event.order());
            assertThat(read.position()).isEqualTo(event.position());
        }
    }

    @Test
    void refusesWhoIsNotInTheRoomAndWritesNothing() {
        RoomId room = node.createRoom(alice, JsonObject.of());
        long before = node.stream.applied();
        assertThatThrownBy(() -> send(node, bob, room, "let me in", 1))
                .isInstanceOf(MatrixException.class)
                .hasMessageContaining("@bob");
        assertThatThrownBy(() -> node.rooms.membershipChanger().join(bob, room, null, 1))
                .isInstanceOf(MatrixException.class);
        assertThat(node.stream.lastPosition()).isEqualTo(before);
    }

    @Test
    void makesOneEventOfTheSameTransactionOnTwoNodes() throws Exception {
        RoomId room = node.createRoom(alice, JsonObject.of());
        try (TestNode other = new TestNode(database.database());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 20; round++) {
                int transaction = round;
                List<Future<EventId>> sent = new ArrayList<>();
                for (TestNode each : List.of(node, other, node, other)) {
                    sent.add(threads.submit(() -> send(each, alice, room, "twin", transaction)));
                }
                EventId id = sent.getFirst().get();
                for (Future<EventId> each : sent) {
                    assertThat(each.get()).isEqualTo(id);
                }
            }
        }
        assertThat(count("m.room.message")).isEqualTo(20);
    }

    @Test
    void keepsOneLineOfEventsWhenTwoNodesWriteTheSameRoom() throws Exception {
        RoomId room = node.createRoom(alice, JsonObject.of());
        try (TestNode other = new TestNode(database.database());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<EventId>> sent = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int n = i;
                TestNode each = i % 2 == 0 ? node : other;
                sent.add(threads.submit(() -> send(each, alice, room, "m" + n, n)));
            }
            for (Future<EventId> each : sent) {
                each.get();
            }
        }
        assertThat(count("m.room.message")).isEqualTo(200);
        RoomRef ref = node.rooms.rooms().find(room).orElseThrow();
        List<StoredEvent> events =
                node.rooms
                        .events()
                        .store()
                        .between(ref.number(), 0, Long.MAX_VALUE, 1000)
                        .reversed();
        for (int i = 1; i < events.size(); i++) {
            assertThat(events.get(i).event().prevEvents()).containsExactly(events.get(i - 1).id());
            assertThat(events.get(i).order()).isGreaterThan(events.get(i - 1).order());
        }
    }

    @Test
    void refusesANodeThatSleptThroughWhatWasPruned() {
        RoomId room = node.createRoom(alice, JsonObject.of());
        try (TestNode sleeper = new TestNode(database.database())) {
            EventId before = send(sleeper, alice, room, "before", 1);
            for (int i = 2; i < 10; i++) {
                send(node, alice, room, "m" + i, i);
            }
            new HeadStore(database.database(), node.rooms.events(), node.rooms.states()).prune(1);
            EventId after = send(sleeper, alice, room, "after", 10);
            RoomRef ref = node.rooms.rooms().find(room).orElseThrow();
            List<StoredEvent> events =
                    node.rooms.events().store().between(ref.number(), 0, Long.MAX_VALUE, 100);
            assertThat(events.getFirst().id()).isEqualTo(after);
            assertThat(events.getFirst().event().prevEvents())
                    .containsExactly(events.get(1).id())
                    .doesNotContain(before);
        }
    }

    @Test
    void takesTheContentOfARedactedEventEverywhere() {
        RoomId room = node.createRoom(alice, JsonObject.of("preset", "public_chat"));
        node.rooms.membershipChanger().join(bob, room, null, 1);
        EventId secret = send(node, bob, room, "secret", 1);
        RoomRef ref = node.rooms.rooms().find(room).orElseThrow();
        RoomView view = node.rooms.views().get(ref.number());
        assertThat(view.timeline(0, node.stream.applied(), 1).events().getLast().event().content())
                .isEqualTo(JsonObject.of("body", "secret"));

        node.rooms
                .sender()
                .redact(
                        key(alice, "redact"),
                        "redact",
                        room,
                        secret,
                        Draft.message("m.room.redaction", alice.user(), JsonObject.of(), 1));

        StoredEvent inView =
                view.timeline(0, node.stream.applied(), 50).events().stream()
                        .filter(event -> event.id().equals(secret))
                        .findFirst()
                        .orElseThrow();
        StoredEvent stored = node.rooms.events().store().byId(secret).orElseThrow();
        for (StoredEvent event : List.of(inView, stored)) {
            assertThat(event.event().content()).isEqualTo(JsonObject.of());
            assertThat(event.redactedBy()).isNotZero();
            assertThat(event.event().id()).isEqualTo(secret);
        }
    }

    @Test
    void remembersEveryMembershipOfALocalUser() {
        RoomId room = node.createRoom(alice, JsonObject.of("preset", "public_chat"));
        RoomRef ref = node.rooms.rooms().find(room).orElseThrow();
        node.rooms.membershipChanger().join(bob, room, null, 1);
        long joined = node.stream.applied();
        node.rooms.membershipChanger().ban(alice, room, bob.user(), "noise", 2);

        assertThat(node.rooms.memberships().of(bob.userNumber(), ref.number(), joined))
                .hasValueSatisfying(m -> assertThat(m.membership()).isEqualTo(Membership.JOIN));
        assertThat(
                        node.rooms
                                .memberships()
                                .of(bob.userNumber(), ref.number(), node.stream.applied()))
                .hasValueSatisfying(m -> assertThat(m.membership()).isEqualTo(Membership.BAN));
        long key = node.rooms.keys().find(StateKey.member(bob.user())).orElseThrow();
        RoomView view = node.rooms.views().get(ref.number());
        assertThat(view.stateAt(joined).get(key))
                .isNotEqualTo(view.stateAt(node.stream.applied()).get(key));
    }

    private static EventId send(TestNode node, Caller caller, RoomId room, String body, int txn) {
        return node.rooms
                .sender()
                .send(
                        key(caller, "txn" + txn),
                        "txn" + txn,
                        room,
                        Draft.message(
                                "m.room.message", caller.user(), JsonObject.of("body", body), txn));
    }

    private static TransactionKey key(Caller caller, String txn) {
        return new TransactionKey(caller.session(), 7, txn.hashCode());
    }

    private long count(String type) {
        return database
                .database()
                .read(tx -> tx.query("SELECT json FROM rooms.event", row -> row.getBytes(1)))
                .stream()
                .filter(json -> new String(json).contains("\"type\":\"" + type + "\""))
                .count();
    }
}
