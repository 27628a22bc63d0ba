package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.util.Map;

/// What the configuration says reaches the part that it is about.
final class OperatorChoicesTest {
    private static final String CREATE_ROOM = "/_matrix/client/v3/createRoom";

    @Test
    void roomsAreOfTheChosenVersionUnlessAnotherIsAskedFor() {
        try (TestServer server = TestServer.start(Map.of("rooms.default_version", "10"))) {
            TestClient alice = TestClient.register(server, "alice");
            assertThat(version(alice, JsonObject.of())).isEqualTo("10");
            assertThat(version(alice, JsonObject.of("room_version", "12"))).isEqualTo("12");
            assertThat(alice.get("/_matrix/client/v3/capabilities").body())
                    .contains("\"default\":\"10\"");
        }
    }

    @Test
    void legacyMentionsAreThereOnlyOnRequest() {
        assertThat(pushRules(Map.of())).doesNotContain(".m.rule.roomnotif");
        assertThat(pushRules(Map.of("push.legacy_mentions", "true")))
                .contains(".m.rule.roomnotif", ".m.rule.contains_display_name");
    }

    private static String version(TestClient client, JsonObject request) {
        String room = client.post(CREATE_ROOM, request).string("room_id").orElseThrow();
        return client.get("/_matrix/client/v3/rooms/" + room + "/state/m.room.create")
                .json()
                .string("room_version")
                .orElseThrow();
    }

    private static String pushRules(Map<String, String> settings) {
        try (TestServer server = TestServer.start(settings)) {
            return TestClient.register(server, "alice").get("/_matrix/client/v3/pushrules/").body();
        }
    }
}
