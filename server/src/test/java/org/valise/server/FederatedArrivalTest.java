package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.event.Event;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.server.FakeServer.Answer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// What another server sends of a room while somebody here is entering it through that server:
/// before its answer has come, or before all of it is taken in.
final class FederatedArrivalTest extends OneServer {
    private static final int ROUNDS = 12;
    private static final AtomicInteger COUNT = new AtomicInteger();

    /// A room into which Alice is let.
    ///
    /// @param meanwhile what happens there when it has taken her in, and has not answered
    private static FakeRoom room(RoomVersion version, Consumer<FakeRoom> meanwhile) {
        FakeRoom room = new FakeRoom(fake.signer(), version, "room" + COUNT.incrementAndGet());
        room.serveJoins(fake);
        fake.on(
                "/_matrix/federation/v2/send_join/" + Synced.encoded(room.id.value()),
                request -> {
                    JsonObject answer = room.sendJoin(request.body());
                    room.take(Event.parse(version, request.body()));
                    meanwhile.accept(room);
                    return Answer.ok(answer);
                });
        return room;
    }

    private static Event said(FakeRoom room, String body) {
        return room.add(
                room.creator,
                "m.room.message",
                null,
                JsonObject.of("msgtype", "m.text", "body", body),
                fake.signer());
    }

    private static Event banned(FakeRoom room) {
        return room.add(
                room.creator,
                "m.room.member",
                alice.userId(),
                JsonObject.of("membership", "ban"),
                fake.signer());
    }

    private static void mustTake(Event... events) {
        assertThat(send(fake, events).keys())
                .containsExactlyInAnyOrder(
                        Stream.of(events).map(event -> event.id().value()).toArray(String[]::new));
    }

    private static void join(FakeRoom room) {
        TestClient.Answer answer = enter(room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private static Synced.Room awaitBan(FakeRoom room) {
        return Waiting.until(() -> Synced.initial(alice).in("leave", room.id.value()));
    }

    @Test
    void whatComesBeforeTheAnswerIsKept() {
        for (RoomVersion version : List.of(RoomVersion.V11, RoomVersion.V12)) {
            FakeRoom room =
                    room(
                            version,
                            joined -> {
                                Event greeting = said(joined, "who are you?");
                                mustTake(greeting);
                                mustTake(banned(joined));
                            });
            join(room);
            assertThat(awaitBan(room).bodies()).containsExactly("who are you?");
        }
    }

    @Test
    void whatComesBeforeTheAnswerToAnInvitedUserIsKept() {
        FakeRoom room = room(RoomVersion.V11, joined -> mustTake(said(joined, "welcome")));
        Event invite =
                room.add(
                        room.creator,
                        "m.room.member",
                        alice.userId(),
                        JsonObject.of("membership", "invite"),
                        fake.signer());
        TestClient.Answer invited =
                fake.send(
                        one,
                        "one.test",
                        "PUT",
                        "/_matrix/federation/v2/invite/%s/%s"
                                .formatted(
                                        Synced.encoded(room.id.value()),
                                        Synced.encoded(invite.id().value())),
                        JsonObject.of(
                                "room_version",
                                "11",
                                "event",
                                invite.json(),
                                "invite_room_state",
                                JsonArray.of(room.state("m.room.create", "").json())));
        assertThat(invited.status()).as(invited.body()).isEqualTo(200);
        join(room);
        Waiting.untilTrue(() ->
                Synced.initial(alice)
                        .in("join", room.id.value())
                        .filter(joined -> joined.bodies().contains("welcome"))
                        .isPresent());
    }

    /// Some of it comes while the answer is read, some while it is taken in, some right after.
    @Test
    void whatComesTogetherWithTheAnswerIsKept() throws InterruptedException {
        List<Thread> senders = new ArrayList<>();
        List<FakeRoom> rooms = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            FakeRoom room =
                    room(
                            RoomVersion.V11,
                            joined -> {
                                Event ban = banned(joined);
                                senders.add(Thread.ofVirtual().start(() -> mustTake(ban)));
                            });
            join(room);
            rooms.add(room);
        }
        for (Thread sender : senders) {
            sender.join();
        }
        rooms.forEach(FederatedArrivalTest::awaitBan);
    }

    @Test
    void whoIsNotInARoomIsSentNothingOfIt() {
        FakeRoom room = room(RoomVersion.V11, joined -> {});
        assertThat(send(fake, said(room, "anybody there?"))).isEqualTo(JsonObject.of());
    }
}
