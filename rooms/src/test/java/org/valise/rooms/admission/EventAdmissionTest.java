package org.valise.rooms.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Caller;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.StateKey;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.TestNode;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.members.Membership;
import org.valise.rooms.timeline.EventStatus;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.rooms.view.RoomView;
import org.valise.testing.TestDatabase;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

final class EventAdmissionTest {
    private final TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
    private final TestNode node = new TestNode(database.database());
    private final Caller alice = node.caller("alice");
    private final Caller bob = node.caller("bob");
    private final RemoteRoom remote = new RemoteRoom(RoomVersion.V11);
    private final LocalRoom room = new LocalRoom(node, remote);

    @AfterEach
    void stop() {
        node.close();
        database.close();
    }

    private Event message(Event after, String body) {
        return remote.say(
                List.of(after),
                RemoteRoom.ROSE,
                "m.room.message",
                null,
                JsonObject.of("body", body));
    }

    private Event topic(Event after, String topic) {
        return remote.say(
                List.of(after), RemoteRoom.ROSE, "m.room.topic", "", JsonObject.of("topic", topic));
    }

    private StoredEvent sendHere(String body) {
        return node.rooms
                .lanes()
                .write(
                        room.ref,
                        writer ->
                                writer.send(
                                        Draft.message(
                                                "m.room.message",
                                                alice.user(),
                                                JsonObject.of("body", body),
                                                5)));
    }

    @Test
    void aJoinBringsTheWholeStateAndAGapBeforeIt() {
        Event before = message(remote.newest(), "before the join");
        Event join = room.join(alice, before);

        assertThat(room.current()).isEqualTo(remote.stateAfter(join.id()));
        assertThat(room.missing()).containsExactly(before.id());
        assertThat(room.timeline(0)).containsExactly(join.id());
        assertThat(room.view().timeline(0, Long.MAX_VALUE, 10).sinceGap().limited()).isTrue();
        assertThat(room.view().membersAt(node.stream.applied()).joined()).isEqualTo(3);
        assertThat(
                        node.rooms
                                .memberships()
                                .of(alice.userNumber(), room.ref.number(), Long.MAX_VALUE))
                .hasValueSatisfying(own -> assertThat(own.membership()).isEqualTo(Membership.JOIN));
        assertThat(sendHere("hello").event().prevEvents()).containsExactly(join.id());
    }

    @Test
    void refusesAJoinWithAStateThatDoesNotAllowIt() {
        Event banned =
                remote.say(
                        List.of(remote.newest()),
                        RemoteRoom.ROSE,
                        "m.room.member",
                        bob.user().value(),
                        RemoteRoom.member("ban"));
        Event join =
                remote.say(
                        List.of(banned),
                        bob.user(),
                        "m.room.member",
                        bob.user().value(),
                        RemoteRoom.member("join"));
        room.outliers(remote.stateBefore(join.id()).values());
        assertThat(
                        room.admission.join(
                                room.ref,
                                join,
                                remote.stateBefore(join.id()).values(),
                                events -> Set.of()))
                .isInstanceOf(Admission.Rejected.class);
        assertThat(node.rooms.memberships().history(bob.userNumber(), room.ref.number())).isEmpty();
    }

    @Test
    void putsWhatIsBackfilledInItsPlaceAndTellsNobody() {
        Event one = message(remote.newest(), "one");
        Event two = topic(one, "two");
        Event three = message(two, "three");
        Event join = room.join(alice, three);
        StoredEvent after = sendHere("four");
        long applied = node.stream.applied();

        Map<EventId, Admission> results = room.backfill(List.of(two, three));

        assertThat(results.values()).hasOnlyElementsOfType(Admission.Accepted.class);
        assertThat(room.missing()).containsExactly(one.id());
        room.fillAllGaps(3);
        assertThat(room.missing()).isEmpty();
        List<EventId> everything = new ArrayList<>();
        remote.all().forEach(event -> everything.add(event.id()));
        everything.add(after.id());
        assertThat(room.history().stream().map(StoredEvent::id))
                .containsExactlyElementsOf(everything);
        assertThat(room.timeline(0)).containsExactly(join.id(), after.id());
        assertThat(room.timeline(applied)).isEmpty();
        assertThat(room.stored(three.id()).position()).isZero();
        assertThat(room.before(three.id())).isEqualTo(remote.stateBefore(three.id()));
        assertThat(sendHere("five").event().prevEvents()).containsExactly(after.id());
    }

    @Test
    void doesNotTakeForHistoryWhatIsNoAncestor() {
        Event fork = remote.newest();
        Event join = room.join(alice, message(fork, "main line"));
        Event aside = message(fork, "a fork that nobody follows");
        assertThat(room.backfill(List.of(aside)).values())
                .containsExactly(new Admission.Unrelated(aside.id()));
        assertThat(room.missing()).containsExactlyElementsOf(join.prevEvents());
    }

    @Test
    void promotesAnOutlierThatArrivesAgain() {
        Event join = room.join(alice, remote.newest());
        Event topic = topic(join, "news");
        assertThat(room.outliers(List.of(topic.id())).get(topic.id()))
                .isEqualTo(new Admission.Outlier(topic.id()));
        StoredEvent outlier = room.stored(topic.id());
        assertThat(outlier.status()).isEqualTo(EventStatus.OUTLIER);
        assertThat(room.timeline(0)).containsExactly(join.id());

        assertThat(room.receive(topic)).isInstanceOf(Admission.Accepted.class);

        StoredEvent promoted = room.stored(topic.id());
        assertThat(promoted.number()).isEqualTo(outlier.number());
        assertThat(promoted.position()).isPositive();
        assertThat(room.timeline(0)).containsExactly(join.id(), topic.id());
        assertThat(room.current()).containsEntry(new StateKey("m.room.topic", ""), topic.id());
    }

    @Test
    void anotherNodeSeesThatAnOutlierWasPromoted() {
        Event join = room.join(alice, remote.newest());
        Event topic = topic(join, "news");
        room.outliers(List.of(topic.id()));
        try (TestNode other = new TestNode(database.database())) {
            LocalRoom there = new LocalRoom(other, remote);
            assertThat(other.rooms.events().byId(topic.id()).orElseThrow().status())
                    .isEqualTo(EventStatus.OUTLIER);
            room.receive(topic);
            assertThat(there.receive(message(topic, "and so on")))
                    .isInstanceOf(Admission.Accepted.class);
            assertThat(there.receive(topic)).isInstanceOf(Admission.Known.class);
        }
    }

    @Test
    void judgesAnEventAgainWhenItsAncestorsArrive() {
        Event join = room.join(alice, remote.newest());
        Event one = message(join, "one");
        Event two = message(one, "two");
        Event three = message(two, "three");
        assertThat(room.hold(three))
                .isInstanceOfSatisfying(
                        Admission.Waiting.class,
                        waiting -> assertThat(waiting.missing()).containsExactly(two.id()));
        assertThat(room.hold(two)).isInstanceOf(Admission.Waiting.class);
        assertThat(room.timeline(0)).containsExactly(join.id());

        room.receive(one);

        assertThat(room.timeline(0)).containsExactly(join.id(), one.id(), two.id(), three.id());
        assertThat(room.store().waiting(room.ref.number())).isEmpty();
    }

    @Test
    void judgesAnEventAgainWhenItsAuthEventsArriveAsOutliers() {
        Event join = room.join(alice, remote.newest());
        Event bobIn =
                remote.say(
                        List.of(join),
                        bob.user(),
                        "m.room.member",
                        bob.user().value(),
                        RemoteRoom.member("join"));
        Event fromBob =
                remote.say(
                        List.of(bobIn),
                        bob.user(),
                        "m.room.message",
                        null,
                        JsonObject.of("body", "hi"));
        assertThat(room.receiveWithState(fromBob, remote.stateBefore(fromBob.id()).values()))
                .isEqualTo(new Admission.Lacks(Set.of(bobIn.id())));
        assertThat(room.hold(fromBob)).isInstanceOf(Admission.Waiting.class);
        assertThat(room.stored(fromBob.id()).status()).isEqualTo(EventStatus.WAITING);
        room.outliers(List.of(bobIn.id()));
        assertThat(room.stored(fromBob.id()).status()).isEqualTo(EventStatus.OUTLIER);
        assertThat(room.receive(bobIn)).isInstanceOf(Admission.Accepted.class);
        assertThat(room.timeline(0)).containsExactly(join.id(), bobIn.id(), fromBob.id());
    }

    @Test
    void holdsOnlySoManyEventsOfARoom() {
        Event join = room.join(alice, remote.newest());
        Event gone = message(join, "nobody has this");
        int held = 0;
        for (int i = 0; i < 510; i++) {
            Admission admission = room.hold(message(gone, "m" + i));
            held += admission instanceof Admission.Waiting ? 1 : 0;
        }
        assertThat(held).isEqualTo(500);
    }

    @Test
    void goesOnAfterAGapWithTheStateThatWasGiven() {
        Event join = room.join(alice, remote.newest());
        room.fillAllGaps(10);
        Event lost = topic(join, "lost");
        Event after = message(lost, "after the gap");
        assertThat(room.receive(after)).isEqualTo(new Admission.Lacks(Set.of(lost.id())));
        assertThat(room.receiveWithState(after)).isInstanceOf(Admission.Accepted.class);
        assertThat(room.current()).containsEntry(new StateKey("m.room.topic", ""), lost.id());
        assertThat(room.missing()).containsExactly(lost.id());
        RoomView.Slice slice = room.view().timeline(0, node.stream.applied(), 10).sinceGap();
        assertThat(slice.events().stream().map(StoredEvent::id)).containsExactly(after.id());
        assertThat(slice.limited()).isTrue();

        // It is in the state as an outlier, and what was shown follows it; but it follows what
        // nobody had followed until now, and so is news.
        assertThat(room.receive(lost)).isInstanceOf(Admission.Accepted.class);
        assertThat(room.missing()).isEmpty();
        assertThat(room.timeline(0)).containsExactly(join.id(), after.id(), lost.id());
        assertThat(room.history().stream().map(StoredEvent::id))
                .endsWith(join.id(), after.id(), lost.id());
        assertThat(sendHere("on").event().prevEvents()).containsExactly(after.id());
    }

    @Test
    void doesNotBelieveAStateThatCannotBe() {
        Event join = room.join(alice, remote.newest());
        Event lost = topic(join, "lost");
        Event after = message(lost, "after");
        Event otherTopic = topic(join, "another");
        room.outliers(List.of(lost.id(), otherTopic.id()));
        List<EventId> state = new ArrayList<>(remote.stateBefore(after.id()).values());

        List<EventId> two = new ArrayList<>(state);
        two.add(otherTopic.id());
        assertThat(room.receiveWithState(after, two)).isInstanceOf(Admission.Unbelievable.class);
        List<EventId> headless = new ArrayList<>(state);
        headless.remove(remote.all().getFirst().id());
        assertThat(room.receiveWithState(after, headless))
                .isInstanceOf(Admission.Unbelievable.class);
        List<EventId> withMessage = new ArrayList<>(state);
        withMessage.add(sendHere("not state").id());
        assertThat(room.receiveWithState(after, withMessage))
                .isInstanceOf(Admission.Unbelievable.class);
        RoomId elsewhere = node.createRoom(alice, JsonObject.of("room_version", "11"));
        RoomRef other = node.rooms.rooms().find(elsewhere).orElseThrow();
        List<EventId> stolen = new ArrayList<>(state);
        stolen.add(node.rooms.events().store().stateEvents(other.number()).getLast().id());
        assertThat(room.receiveWithState(after, stolen)).isInstanceOf(Admission.Unbelievable.class);
        assertThat(room.timeline(0)).doesNotContain(after.id());
        assertThat(room.receiveWithState(after, state)).isInstanceOf(Admission.Accepted.class);
    }

    @Test
    void dropsWhatIsNotSignedOrOfAnotherRoom() {
        Event join = room.join(alice, remote.newest());
        Event forged = message(join, "forged");
        assertThat(room.admission.receive(room.ref, forged, null, events -> Set.of(forged.id())))
                .isInstanceOf(Admission.Dropped.class);
        RoomId elsewhere = node.createRoom(alice, JsonObject.of("room_version", "11"));
        RoomRef other = node.rooms.rooms().find(elsewhere).orElseThrow();
        assertThat(room.admission.receive(other, forged, null, events -> Set.of()))
                .isInstanceOf(Admission.Dropped.class);
        assertThat(node.rooms.events().byId(forged.id())).isEmpty();
    }

    @Test
    void redactsAnEventWhoseHashDoesNotMatch() {
        Event join = room.join(alice, remote.newest());
        Event sent = message(join, "original");
        Event changed =
                Event.parse(
                        RoomVersion.V11,
                        sent.json().with("content", JsonObject.of("body", "changed on its way")));
        assertThat(changed.id()).isEqualTo(sent.id());
        assertThat(room.receive(changed)).isInstanceOf(Admission.Accepted.class);
        assertThat(room.stored(sent.id()).event().content()).isEqualTo(JsonObject.of());
    }

    @Test
    void tellsOfAnOldRedactionOnlyIfItsTargetWasShown() {
        Event secret = message(remote.newest(), "secret");
        Event redaction =
                remote.say(
                        List.of(secret),
                        RemoteRoom.ROSE,
                        "m.room.redaction",
                        null,
                        JsonObject.of(),
                        secret.id());
        Event join = room.join(alice, redaction);
        room.backfill(List.of(secret, redaction));
        assertThat(room.timeline(0)).containsExactly(join.id());
        assertThat(room.stored(secret.id()).event().content()).isEqualTo(JsonObject.of());

        Event shown = message(join, "shown");
        room.receive(shown);
        Event late =
                remote.say(
                        List.of(shown),
                        RemoteRoom.ROSE,
                        "m.room.redaction",
                        null,
                        JsonObject.of(),
                        shown.id());
        Event afterIt = message(late, "after it");
        room.receiveWithState(afterIt);
        room.receive(late);
        assertThat(room.timeline(0))
                .containsExactly(join.id(), shown.id(), afterIt.id(), late.id());
        assertThat(room.stored(shown.id()).event().content()).isEqualTo(JsonObject.of());
        assertThat(room.view().timeline(0, Long.MAX_VALUE, 9).events().get(1).event().content())
                .isEqualTo(JsonObject.of());
        assertThat(sendHere("on").event().prevEvents()).containsExactly(afterIt.id());
    }

    @Test
    void aNewJoinLeavesBehindWhatWasKnownBeforeEverybodyLeft() {
        Event join = room.join(alice, remote.newest());
        node.rooms.membershipChanger().leave(alice, room.ref.id(), null, 7);
        Event elsewhere = topic(join, "meanwhile");
        Event again = room.join(bob, message(elsewhere, "come in"));
        assertThat(room.current()).isEqualTo(remote.stateAfter(again.id()));
        assertThat(sendAs(bob).event().prevEvents()).containsExactly(again.id());
        Set<Long> joined =
                new HashSet<>(
                        node.rooms
                                .memberships()
                                .localMembers(room.ref.number(), Membership.JOIN, Long.MAX_VALUE));
        // Where the join went, nobody has heard of Alice's leaving.
        assertThat(joined).containsExactlyInAnyOrder(alice.userNumber(), bob.userNumber());
    }

    private StoredEvent sendAs(Caller user) {
        return node.rooms
                .lanes()
                .write(
                        room.ref,
                        writer ->
                                writer.send(
                                        Draft.message(
                                                "m.room.message",
                                                user.user(),
                                                JsonObject.of(),
                                                5)));
    }

    @Test
    void twoNodesThatFillAGapAtOnceInsertEachEventOnce() throws Exception {
        Event last = remote.newest();
        for (int i = 0; i < 20; i++) {
            last = message(last, "m" + i);
        }
        room.join(alice, last);
        try (TestNode other = new TestNode(database.database());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            LocalRoom there = new LocalRoom(other, remote);
            List<Future<?>> filling = new ArrayList<>();
            for (LocalRoom each : List.of(room, there, room)) {
                filling.add(threads.submit(() -> each.fillAllGaps(4)));
            }
            for (Future<?> each : filling) {
                each.get();
            }
        }
        assertThat(room.history().stream().map(StoredEvent::id))
                .containsExactlyElementsOf(remote.all().stream().map(Event::id).toList());
    }

    @Test
    void showsBackfilledEventsToWhoeverMaySeeThem() {
        Event shared = message(remote.newest(), "shared");
        Event join = room.join(alice, shared);
        room.fillAllGaps(5);
        assertThat(maySee(alice, shared)).isTrue();
        assertThat(maySee(bob, shared)).as("never in the room").isFalse();
        Event kick =
                remote.say(
                        List.of(join),
                        RemoteRoom.ROSE,
                        "m.room.member",
                        alice.user().value(),
                        RemoteRoom.member("leave"));
        room.receive(kick);
        Event first = message(kick, "what she does not hear");
        Event lost = message(first, "nor this");
        room.receiveWithState(message(lost, "later"));
        room.backfill(List.of(lost));
        assertThat(room.stored(lost.id()).order()).isNotNull();
        assertThat(room.stored(lost.id()).position()).isZero();
        assertThat(maySee(alice, shared)).as("sent before she joined").isTrue();
        assertThat(maySee(alice, lost)).as("sent after she left").isFalse();
    }

    private boolean maySee(Caller user, Event event) {
        return node.rooms
                .visibility()
                .maySee(user.user(), user.userNumber(), room.stored(event.id()));
    }
}
