package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Two servers over one database serve the same rooms and syncs.
final class TwoNodesTest {
    private static final TestServer ONE = TestServer.start();
    private static final TestServer OTHER = ONE.secondNode();

    @AfterAll
    static void stop() {
        OTHER.close();
        ONE.close();
    }

    @Test
    void makesOneEventOfTheSameTransactionSentToBothAtOnce() throws Exception {
        TestClient alice = TestClient.register(ONE, "alice1");
        TestClient there = alice.at(OTHER);
        String room = createRoom(alice);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int round = 0; round < 10; round++) {
                String path = rooms(room) + "/send/m.room.message/twin" + round;
                JsonObject body = JsonObject.of("body", "twin " + round);
                List<Future<String>> sent = new ArrayList<>();
                for (TestClient node : List.of(alice, there, alice, there)) {
                    sent.add(threads.submit(() -> eventId(node.send("PUT", path, body))));
                }
                String id = sent.getFirst().get();
                for (Future<String> each : sent) {
                    assertThat(each.get()).isEqualTo(id);
                }
            }
        }
        assertThat(bodies(there.get("/_matrix/client/v3/sync").json(), room))
                .hasSize(10)
                .doesNotHaveDuplicates();
    }

    @Test
    void showsOnOneNodeAtOnceWhatTheOtherAcknowledged() {
        TestClient alice = TestClient.register(ONE, "alice2");
        TestClient there = alice.at(OTHER);
        String room = createRoom(alice);
        for (int i = 0; i < 20; i++) {
            TestClient writer = i % 2 == 0 ? alice : there;
            TestClient reader = i % 2 == 0 ? there : alice;
            String id =
                    eventId(
                            writer.send(
                                    "PUT",
                                    rooms(room) + "/send/m.room.message/m" + i,
                                    JsonObject.of("body", "m" + i)));
            assertThat(reader.get(rooms(room) + "/event/" + encoded(id)).status()).isEqualTo(200);
        }
    }

    @Test
    void neverShowsARedactedBodyOnceTheRedactionIsAcknowledged() {
        TestClient alice = TestClient.register(ONE, "alice3");
        TestClient there = alice.at(OTHER);
        String room = createRoom(alice);
        for (int i = 0; i < 10; i++) {
            String secret = "secret" + i;
            String id =
                    eventId(
                            alice.send(
                                    "PUT",
                                    rooms(room) + "/send/m.room.message/s" + i,
                                    JsonObject.of("body", secret)));
            // Both nodes have it in memory.
            assertThat(there.get("/_matrix/client/v3/sync").body()).contains(secret);
            assertThat(alice.get("/_matrix/client/v3/sync").body()).contains(secret);
            eventId(
                    alice.send(
                            "PUT",
                            rooms(room) + "/redact/" + encoded(id) + "/r" + i,
                            JsonObject.of()));
            assertThat(there.get("/_matrix/client/v3/sync").body()).doesNotContain(secret);
            assertThat(there.get(rooms(room) + "/messages?dir=b&limit=50").body())
                    .doesNotContain(secret);
            assertThat(there.get(rooms(room) + "/event/" + encoded(id)).body())
                    .doesNotContain(secret);
        }
    }

    @Test
    void refusesOnBothNodesWhoWasKickedOrLoggedOut() {
        TestClient alice = TestClient.register(ONE, "alice4");
        TestClient bob = TestClient.register(ONE, "bob4");
        TestClient bobThere = bob.at(OTHER);
        String room =
                alice.post("/_matrix/client/v3/createRoom", JsonObject.of("preset", "public_chat"))
                        .string("room_id")
                        .orElseThrow();
        bobThere.post(rooms(room) + "/join", JsonObject.of());
        eventId(send(bob, room, "a"));
        eventId(send(bobThere, room, "b"));
        alice.post(rooms(room) + "/kick", JsonObject.of("user_id", bob.userId()));
        assertThat(send(bobThere, room, "c").status()).isEqualTo(403);
        assertThat(send(bob, room, "d").status()).isEqualTo(403);
        bob.post("/_matrix/client/v3/logout", JsonObject.of());
        assertThat(bobThere.get("/_matrix/client/v3/account/whoami").status()).isEqualTo(401);
    }

    @Test
    void wakesALongPollOnTheOtherNode() throws Exception {
        TestClient alice = TestClient.register(ONE, "alice5");
        TestClient there = alice.at(OTHER);
        String room = createRoom(alice);
        String since =
                there.get("/_matrix/client/v3/sync").json().string("next_batch").orElseThrow();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TestClient.Answer> poll =
                    threads.submit(() ->
                            there.get("/_matrix/client/v3/sync?timeout=15000&since=" + since));
            Thread.sleep(300);
            long sentAt = System.nanoTime();
            eventId(send(alice, room, "wake up"));
            assertThat(poll.get().body()).contains("wake up");
            assertThat(System.nanoTime() - sentAt).isLessThan(10_000_000_000L);
        }
    }

    @Test
    void showsOnOneNodeWhoTypesAndWhoIsThereOnTheOther() {
        TestClient alice = TestClient.register(ONE, "alice6");
        TestClient bobThere = TestClient.register(ONE, "bob6").at(OTHER);
        TestRoom room = TestRoom.open(alice);
        room.join(bobThere);
        Synced before = Synced.initial(bobThere);
        Synced.initial(alice);
        Synced online =
                Waiting.until(() -> withPresence(before.next(bobThere, "timeout=5000"), alice));
        alice.send(
                "PUT",
                room.path("/typing/" + encoded(alice.userId())),
                JsonObject.of("typing", true, "timeout", 60_000));
        Synced typing = online.next(bobThere, "timeout=10000");
        assertThat(typing.joined(room.id()).json().toString()).contains("m.typing", alice.userId());
        assertThat(typing.next(bobThere).json().has("rooms")).isFalse();
        // A token of one node is good for the other: nothing is told twice, nothing is lost.
        TestClient bobHere = bobThere.at(ONE);
        assertThat(typing.next(bobHere).json().toString()).doesNotContain("m.typing");
        alice.send(
                "PUT",
                room.path("/typing/" + encoded(alice.userId())),
                JsonObject.of("typing", false));
        assertThat(typing.next(bobThere, "timeout=10000").joined(room.id()).json().toString())
                .contains("m.typing")
                .doesNotContain(alice.userId());
    }

    private static Optional<Synced> withPresence(Synced synced, TestClient of) {
        boolean there =
                synced.events("presence").stream()
                        .anyMatch(event -> event.string("sender").orElse("").equals(of.userId()));
        return there ? Optional.of(synced) : Optional.empty();
    }

    @Test
    void countsTheSameOnBothNodesAndTakesRedactedMessagesOutOnBoth() {
        TestClient alice = TestClient.register(ONE, "alice7");
        TestClient bob = TestClient.register(ONE, "bob7");
        TestClient bobThere = bob.at(OTHER);
        TestRoom room = TestRoom.open(alice);
        room.join(bob);
        String first = room.say(alice, "one");
        String second = room.say(alice, "two");
        assertThat(Synced.initial(bob).joined(room.id()).notifications()).isEqualTo(2);
        assertThat(Synced.initial(bobThere).joined(room.id()).notifications()).isEqualTo(2);
        room.redact(alice, second);
        assertThat(Synced.initial(bob).joined(room.id()).notifications()).isEqualTo(1);
        assertThat(Synced.initial(bobThere).joined(room.id()).notifications()).isEqualTo(1);
        room.read(bobThere, first, "m.read", JsonObject.of());
        assertThat(Synced.initial(bob).joined(room.id()).notifications()).isZero();
        assertThat(Synced.initial(bobThere).joined(room.id()).notifications()).isZero();
    }

    @Test
    void takesARedactedTopicOutOfTheStateAndTheDirectoryOnBothNodes() {
        TestClient alice = TestClient.register(ONE, "alice8");
        TestClient there = alice.at(OTHER);
        TestRoom room =
                TestRoom.create(
                        alice,
                        JsonObject.of(
                                "preset", "public_chat", "visibility", "public", "topic", "calm"));
        String topic =
                room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "libellous"));
        for (TestClient each : List.of(alice, there)) {
            Waiting.untilTrue(() ->
                    each.get("/_matrix/client/v3/publicRooms?limit=100")
                            .body()
                            .contains("libellous"));
            assertThat(Synced.initial(each).joined(room.id()).json().toString())
                    .contains("libellous");
        }
        room.redact(alice, topic);
        for (TestClient each : List.of(alice, there)) {
            Synced.Room joined = Synced.initial(each).joined(room.id());
            assertThat(joined.json().toString()).doesNotContain("libellous");
            // Redacted state stays state.
            assertThat(each.get(room.path("/state/m.room.topic")).body()).isEqualTo("{}");
            Waiting.untilTrue(() ->
                    !each.get("/_matrix/client/v3/publicRooms?limit=100")
                            .body()
                            .contains("libellous"));
        }
    }

    private static String createRoom(TestClient creator) {
        return creator.post("/_matrix/client/v3/createRoom", JsonObject.of())
                .string("room_id")
                .orElseThrow();
    }

    private static TestClient.Answer send(TestClient client, String room, String txn) {
        return client.send(
                "PUT",
                rooms(room) + "/send/m.room.message/" + encoded(txn),
                JsonObject.of("body", txn));
    }

    private static String eventId(TestClient.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().string("event_id").orElseThrow();
    }

    private static List<String> bodies(JsonObject sync, String room) {
        return sync
                .object("rooms")
                .flatMap(rooms -> rooms.object("join"))
                .flatMap(joined -> joined.object(room))
                .flatMap(joined -> joined.object("timeline"))
                .flatMap(timeline -> timeline.array("events"))
                .orElseThrow()
                .objects()
                .stream()
                .filter(event -> event.string("type").orElse("").equals("m.room.message"))
                .map(event -> event.object("content").orElseThrow().string("body").orElseThrow())
                .toList();
    }

    private static String rooms(String room) {
        return "/_matrix/client/v3/rooms/" + encoded(room);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
