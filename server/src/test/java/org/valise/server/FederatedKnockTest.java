package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;

/// Knocking at rooms of other servers, both sides.
final class FederatedKnockTest extends TwoServers {
    private static TestClient alice;
    private static TestClient bob;

    @BeforeAll
    static void register() {
        alice = federation.register("red", "alice");
        bob = federation.register("blue", "bob");
    }

    private static TestRoom room(String rule) {
        TestRoom room =
                TestRoom.create(
                        alice, JsonObject.of("preset", "private_chat", "name", "Behind a door"));
        room.setState(alice, "m.room.join_rules", "", JsonObject.of("join_rule", rule));
        return room;
    }

    private static TestClient.Answer knock(TestRoom room, String via) {
        return bob.send(
                "POST",
                "/_matrix/client/v3/knock/" + Synced.encoded(room.id()) + "?via=" + via,
                JsonObject.of("reason", "let me in"));
    }

    private static JsonObject member(TestRoom room) {
        return alice.get(room.path("/state/m.room.member/" + bob.userId())).json();
    }

    private static Optional<JsonObject> knocked(TestRoom room) {
        return bob.get("/_matrix/client/v3/sync")
                .json()
                .object("rooms")
                .flatMap(rooms -> rooms.object("knock"))
                .flatMap(rooms -> rooms.object(room.id()));
    }

    @Test
    void knocksAndShowsAtWhichRoom() {
        TestRoom room = room("knock");
        TestClient.Answer answer = knock(room, "red.test");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(JsonObject.of("room_id", room.id()));
        assertThat(member(room))
                .isEqualTo(JsonObject.of("membership", "knock", "reason", "let me in"));
        List<JsonObject> shown =
                knocked(room)
                        .flatMap(knocked -> knocked.object("knock_state"))
                        .flatMap(state -> state.array("events"))
                        .orElse(JsonArray.of())
                        .objects();
        assertThat(shown.stream().map(event -> event.string("type").orElseThrow()))
                .contains("m.room.create", "m.room.name", "m.room.join_rules", "m.room.member");
        assertThat(shown)
                .allSatisfy(event ->
                        assertThat(event.keys())
                                .containsExactlyInAnyOrder(
                                        "content", "sender", "state_key", "type"));
    }

    @Test
    void takesTheKnockBack() {
        TestRoom room = room("knock");
        assertThat(knock(room, "red.test").status()).isEqualTo(200);
        room.leave(bob);
        Waiting.untilTrue(() -> member(room).string("membership").equals(Optional.of("leave")));
        assertThat(knocked(room)).isEmpty();
    }

    @Test
    void tellsWhyItMayNotKnock() {
        TestRoom closed = room("invite");
        TestClient.Answer refused = knock(closed, "red.test");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().string("errcode")).contains("M_FORBIDDEN");
        TestRoom room = room("knock");
        alice.post(room.path("/ban"), JsonObject.of("user_id", bob.userId()));
        assertThat(knock(room, "red.test").status()).isEqualTo(403);
        assertThat(knocked(room)).isEmpty();
        assertThat(knock(new TestRoom("!nowhere:red.test"), "red.test").status()).isEqualTo(404);
    }

    @Test
    void comesInWithTheInvitationThatFollows() {
        TestRoom room = room("knock");
        assertThat(knock(room, "red.test").status()).isEqualTo(200);
        room.invite(alice, bob);
        FederatedJoinTest.mustJoin(bob, room);
        assertThat(FederatedJoinTest.members(bob, room)).contains(alice.userId(), bob.userId());
    }
}
