package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.server.TestClient.Answer;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Encryption of new rooms by the server, and that it stays.
final class RoomEncryptionTest {
    private static final JsonObject MEGOLM = JsonObject.of("algorithm", "m.megolm.v1.aes-sha2");
    private static final String STATE = "/state/m.room.encryption";

    @ParameterizedTest
    @CsvSource({
        "off, false, false, false",
        "direct, true, false, false",
        "private, true, true, false",
        "all, true, true, true"
    })
    void newRoomsAreEncryptedAsConfigured(
            String configured, boolean direct, boolean closed, boolean open) {
        try (TestServer server = TestServer.start(Map.of("rooms.encryption", configured))) {
            TestClient alice = TestClient.register(server, "alice");
            assertThat(isEncrypted(alice, JsonObject.of("is_direct", true))).isEqualTo(direct);
            assertThat(isEncrypted(alice, JsonObject.of("preset", "trusted_private_chat")))
                    .isEqualTo(direct);
            assertThat(isEncrypted(alice, JsonObject.of())).isEqualTo(closed);
            assertThat(isEncrypted(alice, JsonObject.of("preset", "public_chat"))).isEqualTo(open);
            assertThat(isEncrypted(alice, JsonObject.of("visibility", "public"))).isEqualTo(open);
            assertThat(
                            isEncrypted(
                                    alice,
                                    initialState(
                                            "m.room.join_rules",
                                            JsonObject.of("join_rule", "public"))))
                    .isEqualTo(open);
            assertThat(
                            isEncrypted(
                                    alice,
                                    JsonObject.of(
                                            "creation_content", JsonObject.of("type", "m.space"))))
                    .isFalse();
        }
    }

    @Test
    void whatTheRequestSaysOfEncryptionGoesFirst() {
        try (TestServer server = TestServer.start(Map.of("rooms.encryption", "all"))) {
            TestClient alice = TestClient.register(server, "alice");
            JsonObject own = MEGOLM.with("rotation_period_msgs", 7);
            String room = create(alice, initialState("m.room.encryption", own));
            assertThat(alice.get(room + STATE).json()).isEqualTo(own);
        }
    }

    @Test
    void encryptionCannotBeTurnedOff() {
        try (TestServer server = TestServer.start()) {
            TestClient alice = TestClient.register(server, "alice");
            for (String version : new String[] {"10", "11", "12"}) {
                String room = create(alice, JsonObject.of("room_version", version));
                // A room that is not encrypted may say what it likes.
                assertThat(put(alice, room, JsonObject.of()).status()).isEqualTo(200);
                Answer on = put(alice, room, MEGOLM);
                String turnedOn = on.json().string("event_id").orElseThrow();
                assertRefused(put(alice, room, JsonObject.of()));
                assertRefused(put(alice, room, JsonObject.of("algorithm", "")));
                assertRefused(put(alice, room, JsonObject.of("algorithm", "none")));
                assertRefused(put(alice, room, JsonObject.of("algorithm", 5)));
                assertRefused(redact(alice, room, turnedOn, "r1"));
                assertThat(alice.get(room + STATE).json()).isEqualTo(MEGOLM);
                // Other settings may change.
                JsonObject faster = MEGOLM.with("rotation_period_msgs", 10);
                assertThat(put(alice, room, faster).status()).isEqualTo(200);
                assertThat(redact(alice, room, turnedOn, "r2").status()).isEqualTo(200);
                assertThat(alice.get(room + STATE).json()).isEqualTo(faster);
            }
        }
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.json().string("errcode")).contains("M_FORBIDDEN");
    }

    private static Answer put(TestClient client, String room, JsonObject content) {
        return client.send("PUT", room + STATE, content);
    }

    private static Answer redact(TestClient client, String room, String event, String transaction) {
        return client.send(
                "PUT", room + "/redact/" + encoded(event) + "/" + transaction, JsonObject.of());
    }

    private static boolean isEncrypted(TestClient client, JsonObject request) {
        Answer state = client.get(create(client, request) + STATE);
        if (state.status() == 404) {
            return false;
        }
        assertThat(state.json()).isEqualTo(MEGOLM);
        return true;
    }

    /// The room's path.
    private static String create(TestClient client, JsonObject request) {
        String room =
                client.post("/_matrix/client/v3/createRoom", request)
                        .string("room_id")
                        .orElseThrow();
        return "/_matrix/client/v3/rooms/" + encoded(room);
    }

    private static JsonObject initialState(String type, JsonObject content) {
        return JsonObject.of(
                "initial_state",
                JsonArray.of(JsonObject.of("type", type, "state_key", "", "content", content)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
