package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// What follows a room's upgrade beyond the rooms themselves.
final class UpgradedRoomTest {
    private static final String API = "/_matrix/client/v3";
    private static final int ATTEMPTS = 600;
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-u" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-u" + people);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void pushRulesFollowWhoUpgradesAndWhoJoins() throws InterruptedException {
        String old = roomOfBoth();
        String made =
                alice.post(
                                API + "/rooms/" + encoded(old) + "/upgrade",
                                JsonObject.of("new_version", "12"))
                        .string("replacement_room")
                        .orElseThrow();
        bob.post(API + "/rooms/" + encoded(made) + "/join", JsonObject.of());
        assertThatRulesFollow(made);
    }

    @Test
    void pushRulesFollowIntoARoomThatWasReplacedByHand() throws InterruptedException {
        String old = roomOfBoth();
        String made =
                alice.post(
                                API + "/createRoom",
                                JsonObject.of(
                                        "preset",
                                        "public_chat",
                                        "creation_content",
                                        JsonObject.of(
                                                "predecessor", JsonObject.of("room_id", old))))
                        .string("room_id")
                        .orElseThrow();
        bob.post(API + "/rooms/" + encoded(made) + "/join", JsonObject.of());
        assertThatRulesFollow(made);
    }

    private String roomOfBoth() {
        String old =
                alice.post(API + "/createRoom", JsonObject.of("preset", "public_chat"))
                        .string("room_id")
                        .orElseThrow();
        bob.post(API + "/rooms/" + encoded(old) + "/join", JsonObject.of());
        for (TestClient person : new TestClient[] {alice, bob}) {
            TestClient.Answer answer =
                    person.send(
                            "PUT",
                            API + "/pushrules/global/room/" + encoded(old),
                            JsonObject.of("actions", JsonArray.of()));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
        return old;
    }

    private void assertThatRulesFollow(String made) throws InterruptedException {
        for (TestClient person : new TestClient[] {alice, bob}) {
            String rule = API + "/pushrules/global/room/" + encoded(made);
            for (int i = 0; i < ATTEMPTS && person.get(rule).status() != 200; i++) {
                Thread.sleep(50);
            }
            assertThat(person.get(rule).status()).isEqualTo(200);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
