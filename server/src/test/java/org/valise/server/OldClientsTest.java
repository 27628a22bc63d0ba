package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// `/initialSync` and `/events`, for clients from before `/sync`, and previews of rooms.
final class OldClientsTest {
    private static final String API = "/_matrix/client/v3";
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-o" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-o" + people);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void theFirstSyncShowsRoomsInvitationsAndAccountData() {
        String joined = room("public_chat");
        String invited = room("private_chat");
        String left = room("public_chat");
        bob.post(API + "/rooms/" + encoded(joined) + "/join", JsonObject.of());
        bob.post(API + "/rooms/" + encoded(left) + "/join", JsonObject.of());
        bob.post(API + "/rooms/" + encoded(left) + "/leave", JsonObject.of());
        alice.post(
                API + "/rooms/" + encoded(invited) + "/invite",
                JsonObject.of("user_id", bob.userId()));
        bob.send(
                "PUT",
                API + "/user/" + encoded(bob.userId()) + "/account_data/org.example.color",
                JsonObject.of("is", "blue"));
        JsonObject sync = bob.get(API + "/initialSync?limit=3").json();
        assertThat(memberships(sync))
                .containsExactlyInAnyOrder(joined + " join", invited + " invite");
        assertThat(sync.array("account_data").orElseThrow().toString()).contains("blue");
        assertThat(sync.array("presence")).isPresent();
        assertThat(memberships(bob.get(API + "/initialSync?archived=true").json()))
                .contains(left + " leave");
    }

    @Test
    void eventsComeAsTheyHappenAndOnce() throws Exception {
        String room = room("public_chat");
        bob.post(API + "/rooms/" + encoded(room) + "/join", JsonObject.of());
        String from = bob.get(API + "/initialSync").json().string("end").orElseThrow();
        JsonObject answer =
                whileWaiting(
                        () -> bob.get(API + "/events?timeout=20000&from=" + from).json(),
                        () -> say(room, "hello"));
        assertThat(bodies(answer)).containsExactly("hello");
        assertThat(answer.string("start")).isPresent();
        String next = answer.string("end").orElseThrow();
        assertThat(bodies(bob.get(API + "/events?timeout=0&from=" + next).json())).isEmpty();
        assertThat(bob.get(API + "/events?from=x").status()).isEqualTo(400);
    }

    @Test
    void aPreviewFollowsARoomThatAnybodyMayRead() throws Exception {
        String room = TestRoom.open(alice, "world_readable").id();
        String from =
                bob.get(API + "/rooms/" + encoded(room) + "/initialSync")
                        .json()
                        .object("messages")
                        .orElseThrow()
                        .string("end")
                        .orElseThrow();
        String path = API + "/events?room_id=" + encoded(room) + "&from=" + from;
        JsonObject answer =
                whileWaiting(
                        () -> bob.get(path + "&timeout=20000").json(), () -> say(room, "look"));
        assertThat(bodies(answer)).containsExactly("look");
        String secret = room("private_chat");
        assertThat(bob.get(API + "/events?room_id=" + encoded(secret)).status()).isEqualTo(403);
    }

    private interface Step {
        void run();
    }

    private static JsonObject whileWaiting(Callable<JsonObject> waiting, Step step)
            throws Exception {
        try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<JsonObject> answer = other.submit(waiting);
            step.run();
            return answer.get(60, TimeUnit.SECONDS);
        }
    }

    private void say(String room, String body) {
        alice.send(
                "PUT",
                API + "/rooms/" + encoded(room) + "/send/m.room.message/" + body,
                JsonObject.of("msgtype", "m.text", "body", body));
    }

    private String room(String preset) {
        return alice.post(API + "/createRoom", JsonObject.of("preset", preset))
                .string("room_id")
                .orElseThrow();
    }

    private static List<String> memberships(JsonObject sync) {
        return sync.array("rooms").orElseThrow().objects().stream()
                .map(room ->
                        room.string("room_id").orElseThrow()
                                + " "
                                + room.string("membership").orElseThrow())
                .toList();
    }

    private static List<String> bodies(JsonObject answer) {
        return answer.array("chunk").orElseThrow().objects().stream()
                .flatMap(event -> event.object("content").orElseThrow().string("body").stream())
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
