package org.valise.rooms.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.valise.federation.outbox.EventSource.Lacking;
import org.valise.federation.outbox.OutgoingEvent;
import org.valise.platform.http.Caller;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.TestNode;
import org.valise.rooms.lane.Admission;
import org.valise.rooms.lane.Draft;
import org.valise.rooms.outgoing.OutgoingEvents;
import org.valise.rooms.timeline.OutgoingEventStore;
import org.valise.rooms.timeline.RoomRef;
import org.valise.rooms.timeline.StoredEvent;
import org.valise.testing.TestDatabase;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// What other servers are found to lack.
final class OutgoingEventsTest {
    private static final ServerName REMOTE = ServerName.parse("remote.example");
    private static final ServerName THIRD = ServerName.parse("third.example");
    private static final UserId ZOE = UserId.parse("@zoe:third.example");

    private final TestDatabase database = TestDatabase.create(TestNode.MIGRATIONS);
    private final TestNode node = new TestNode(database.database());
    private final OutgoingEvents source =
            new OutgoingEvents(
                    node.stream,
                    node.rooms.servers(),
                    node.rooms.events(),
                    new OutgoingEventStore(node.database));
    private final Caller alice = node.caller("alice");

    @AfterEach
    void stop() {
        node.close();
        database.close();
    }

    private LocalRoom joined(long seed) {
        LocalRoom room = new LocalRoom(node, new RemoteRoom(RoomVersion.V11, seed));
        room.join(alice, room.remote.newest());
        return room;
    }

    private StoredEvent send(RoomRef room, Draft draft) {
        return node.rooms.lanes().write(room, writer -> writer.send(draft));
    }

    private StoredEvent says(LocalRoom room, String body) {
        return send(
                room.ref,
                Draft.message("m.room.message", alice.user(), JsonObject.of("body", body), 5));
    }

    private StoredEvent sets(RoomRef room, UserId member, String membership) {
        return send(
                room,
                Draft.state(
                        "m.room.member",
                        member.value(),
                        alice.user(),
                        RemoteRoom.member(membership),
                        5));
    }

    private long joins(LocalRoom room, UserId user) {
        return remote(room, user, "join");
    }

    private long remote(LocalRoom room, UserId user, String membership) {
        Event event =
                room.remote.say(
                        List.of(room.remote.newest()),
                        user,
                        "m.room.member",
                        user.value(),
                        RemoteRoom.member(membership));
        assertThat(room.receive(event)).isInstanceOf(Admission.Accepted.class);
        return room.stored(event.id()).position();
    }

    /// All pages.
    private List<Long> lacking(ServerName server, long from) {
        List<Long> all = new ArrayList<>();
        Lacking page = source.lacking(server, from, from, source.now());
        for (int pages = 0;
                !page.isEnd();
                page = source.lacking(server, from, page.upTo(), source.now())) {
            page.events().stream().map(OutgoingEvent::position).forEach(all::add);
            assertThat(++pages).isLessThan(100);
        }
        return all;
    }

    private static List<Long> positions(StoredEvent... events) {
        return List.of(events).stream().map(StoredEvent::position).toList();
    }

    @Test
    void aServerLacksWhatWasSentWhileItWasInTheRoom() {
        LocalRoom room = joined(1);
        says(room, "before");
        long came = joins(room, ZOE);
        StoredEvent first = says(room, "first");
        StoredEvent second = says(room, "second");
        remote(room, ZOE, "leave");
        says(room, "after");

        assertThat(source.beforeFirst(THIRD)).isEqualTo(came - 1);
        assertThat(lacking(THIRD, came - 1)).isEqualTo(positions(first, second));
        assertThat(lacking(THIRD, first.position())).isEqualTo(positions(second));
        assertThat(lacking(THIRD, second.position())).isEmpty();
        assertThat(lacking(REMOTE, 0)).hasSize(4);
        assertThat(source.servers()).containsExactly(REMOTE);
    }

    @Test
    void roomsComeOneAfterTheOtherWithTheirNewestEvents() {
        List<LocalRoom> rooms = IntStream.range(0, 45).mapToObj(this::joined).toList();
        List<Long> sent = new ArrayList<>();
        for (LocalRoom room : rooms) {
            sent.add(says(room, "one").position());
        }
        for (int i = 0; i < 60; i++) {
            sent.add(says(rooms.getFirst(), "more").position());
        }
        List<Long> newest = new ArrayList<>(sent.subList(1, 45));
        newest.addAll(sent.subList(55, 105));
        assertThat(lacking(REMOTE, 0)).isEqualTo(newest);
        assertThat(source.lacking(REMOTE, 0, 0, source.now()).events()).hasSize(20);
    }

    @Test
    void whoIsRemovedLearnsOfIt() {
        RoomId id = node.createRoom(alice, JsonObject.of("preset", "public_chat"));
        RoomRef room = node.rooms.rooms().find(id).orElseThrow();
        StoredEvent invited = sets(room, ZOE, "invite");
        assertThat(lacking(THIRD, 0)).isEmpty();
        StoredEvent retracted = sets(room, ZOE, "leave");
        assertThat(lacking(THIRD, 0)).isEqualTo(positions(retracted));
        assertThat(source.beforeFirst(THIRD)).isEqualTo(retracted.position() - 1);
        assertThat(source.servers()).contains(THIRD);
        assertThat(invited.position()).isLessThan(retracted.position());

        // Whoever was never asked in has nothing to do with the room.
        sets(room, UserId.parse("@stranger:remote.example"), "ban");
        assertThat(lacking(REMOTE, 0)).isEmpty();
    }

    @Test
    void aServerGetsEventsAsTheyAreStoredButNotItsOwn() {
        LocalRoom room = joined(1);
        StoredEvent mine = says(room, "mine");
        Event theirs =
                room.remote.say(
                        List.of(room.remote.newest()),
                        RemoteRoom.ROSE,
                        "m.room.message",
                        null,
                        JsonObject.of("body", "theirs"));
        room.admission.receiveForOthers(room.ref, theirs, events -> java.util.Set.of());
        joins(room, ZOE);
        List<OutgoingEvent> events = source.lacking(REMOTE, 0, 0, source.now()).events();
        assertThat(events).hasSize(2);
        assertThat(source.contents(REMOTE, events)).containsExactly(mine.event().json());
        assertThat(source.contents(THIRD, events))
                .containsExactly(mine.event().json(), theirs.json());
    }

    @Test
    void theNewestOfARoomIsNeverForgotten() {
        LocalRoom room = joined(1);
        says(room, "one");
        StoredEvent two = says(room, "two");
        StoredEvent three = says(room, "three");
        source.forgetUpTo(two.position());
        assertThat(lacking(REMOTE, 0)).isEqualTo(positions(three));
        source.forgetUpTo(Long.MAX_VALUE);
        assertThat(lacking(REMOTE, 0)).isEqualTo(positions(three));
    }
}
