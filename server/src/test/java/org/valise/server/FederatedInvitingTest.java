package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.Optional;

/// Invitations from one server to another, both real.
class FederatedInvitingTest extends TwoServers {
    private static TestClient alice;
    private static TestClient bob;

    @BeforeAll
    static void register() {
        alice = federation.register("red", "alice");
        bob = federation.register("blue", "bob");
    }

    @BeforeEach
    void reach() {
        TestFederation.awaitReach(alice, bob);
    }

    private static TestRoom closedRoom(JsonObject more) {
        return TestRoom.create(
                alice,
                JsonObject.of("preset", "private_chat", "name", "The salon").toBuilder()
                        .putAll(more)
                        .build());
    }

    private static Synced.Room invitation(TestRoom room) {
        return Waiting.until(() -> Synced.initial(bob).in("invite", room.id()));
    }

    private static String membership(TestClient who, TestRoom room, TestClient of) {
        return who.get(room.path("/state/m.room.member/" + of.userId()))
                .json()
                .string("membership")
                .orElse("");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "6", "10", "11", "12"})
    void whoIsInvitedSeesTheRoomAndJoinsIt(String version) {
        TestRoom room = closedRoom(JsonObject.of("room_version", version));
        room.invite(alice, bob);
        assertThat(membership(alice, room, bob)).isEqualTo("invite");
        Synced.Room shown = invitation(room);
        assertThat(shown.content("invite_state", "m.room.name"))
                .isEqualTo(JsonObject.of("name", "The salon"));
        assertThat(shown.content("invite_state", "m.room.create").string("room_version"))
                .contains(version);
        room.join(bob);
        assertThat(membership(bob, room, bob)).isEqualTo("join");
        Waiting.untilTrue(() -> membership(alice, room, bob).equals("join"));
        assertThat(Synced.initial(bob).in("invite", room.id())).isEmpty();
    }

    @Test
    void decliningEndsItInTheRoomToo() {
        TestRoom room = closedRoom(JsonObject.of());
        room.invite(alice, bob);
        invitation(room);
        room.leave(bob);
        assertThat(Synced.initial(bob).in("invite", room.id())).isEmpty();
        Waiting.untilTrue(() -> membership(alice, room, bob).equals("leave"));
        room.invite(alice, bob);
        invitation(room);
    }

    /// Until the room hears that somebody has declined, its state has the invitation. Whoever else
    /// comes in meanwhile brings that state along.
    @Test
    void whatWasDeclinedDoesNotComeBackWhenSomebodyElseJoins() {
        TestClient bert = federation.register("blue", "bert");
        TestRoom room = closedRoom(JsonObject.of());
        room.invite(alice, bob);
        room.invite(alice, bert);
        invitation(room);
        federation.cut("red", "blue");
        room.leave(bob);
        federation.heal();
        assertThat(membership(alice, room, bob)).isEqualTo("invite");
        room.join(bert);
        Waiting.untilTrue(() -> membership(alice, room, bob).equals("leave"));
        Waiting.untilTrue(() -> membership(bert, room, bob).equals("leave"));
        assertThat(Synced.initial(bob).in("invite", room.id())).isEmpty();
    }

    @Test
    void aRoomIsMadeWithPeopleOfOtherServers() {
        TestRoom room =
                closedRoom(
                        JsonObject.of(
                                "invite",
                                JsonArray.of(bob.userId(), "@nobody:gred.test"),
                                "is_direct",
                                true));
        Synced.Room shown = invitation(room);
        JsonObject own =
                shown.events("invite_state").stream()
                        .filter(event -> event.string("state_key").orElse("").equals(bob.userId()))
                        .findFirst()
                        .orElseThrow();
        assertThat(own.object("content").flatMap(content -> content.bool("is_direct")))
                .contains(true);
        room.join(bob);
        JsonObject joined = Synced.initial(bob).joined(room.id()).events("timeline").getLast();
        JsonObject unsigned = joined.object("unsigned").orElseThrow();
        assertThat(unsigned.string("prev_sender")).contains(alice.userId());
        assertThat(unsigned.object("prev_content").flatMap(before -> before.bool("is_direct")))
                .contains(true);
    }

    private static TestClient.Answer invite(TestRoom room, String user) {
        return alice.send("POST", room.path("/invite"), JsonObject.of("user_id", user));
    }

    private static void refused(TestClient.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().string("errcode")).contains(code);
    }

    @Test
    void whatTheOtherServerSaysIsPassedOn() {
        TestRoom room = closedRoom(JsonObject.of());
        refused(invite(room, "@nobody:blue.test"), 403, "M_FORBIDDEN");
        TestClient shy = federation.register("blue", "shy");
        shy.send(
                "PUT",
                "/_matrix/client/v3/user/%s/account_data/m.invite_permission_config"
                        .formatted(shy.userId()),
                JsonObject.of("default_action", "block"));
        refused(invite(room, shy.userId()), 403, "M_INVITE_BLOCKED");
        assertThat(membership(alice, room, shy)).isEmpty();
        federation.cut("red", "blue");
        refused(invite(room, bob.userId()), 502, "M_UNKNOWN");
        assertThat(membership(alice, room, bob)).isEmpty();
    }

    @Test
    void setAsStateItIsAnInvitationToo() {
        TestRoom room = closedRoom(JsonObject.of());
        room.setState(alice, "m.room.member", bob.userId(), JsonObject.of("membership", "invite"));
        invitation(room);
    }

    /// `m.federate`: "Whether users on other servers can join this room."
    @Test
    void nobodyElsewhereIsInvitedToARoomThatDoesNotFederate() {
        TestRoom room =
                closedRoom(JsonObject.of("creation_content", JsonObject.of("m.federate", false)));
        refused(invite(room, bob.userId()), 403, "M_FORBIDDEN");
        assertThat(Synced.initial(bob).in("invite", room.id())).isEmpty();
        TestClient.Answer made =
                alice.send(
                        "POST",
                        "/_matrix/client/v3/createRoom",
                        JsonObject.of(
                                "creation_content",
                                JsonObject.of("m.federate", false),
                                "invite",
                                JsonArray.of(bob.userId())));
        refused(made, 403, "M_FORBIDDEN");
    }

    @Test
    void anInvitationThatIsTakenBackDisappears() {
        TestRoom room = closedRoom(JsonObject.of());
        room.invite(alice, bob);
        invitation(room);
        Synced before = Synced.initial(bob);
        room.remove(alice, "kick", bob, "a mistake");
        Waiting.untilTrue(() -> Synced.initial(bob).in("invite", room.id()).isEmpty());
        Optional<Synced.Room> left = before.next(bob).in("leave", room.id());
        assertThat(left.orElseThrow().content("timeline", "m.room.member").string("reason"))
                .contains("a mistake");
    }

    @Test
    void administratorsSayAtRunTimeWhoFederates() {
        TestClient admin = federation.register("red", "chief");
        String rule = "/_valise/admin/v1/federation/peers/blue.test";
        refused(admin.send("PUT", rule, JsonObject.of("allowed", false)), 403, "M_FORBIDDEN");
        federation.promote("red", admin);
        assertThat(admin.send("PUT", rule, JsonObject.of("allowed", false)).status())
                .isEqualTo(200);
        String standing = "/_valise/admin/v1/federation/servers/blue.test";
        assertThat(admin.get(standing).json().bool("allowed")).contains(false);
        TestRoom room = closedRoom(JsonObject.of());
        refused(invite(room, bob.userId()), 403, "M_FORBIDDEN");
        assertThat(bob.get("/_matrix/client/v3/profile/" + alice.userId()).status()).isEqualTo(404);
        assertThat(admin.get("/_valise/admin/v1/federation/peers").json().array("rules"))
                .contains(JsonArray.of(JsonObject.of("pattern", "blue.test", "allowed", false)));

        assertThat(admin.send("DELETE", rule, JsonObject.of()).status()).isEqualTo(200);
        refused(admin.send("DELETE", rule, JsonObject.of()), 404, "M_NOT_FOUND");
        assertThat(invite(room, bob.userId()).status()).isEqualTo(200);
        JsonArray changes =
                admin.get("/_valise/admin/v1/federation/peer_changes")
                        .json()
                        .array("changes")
                        .orElseThrow();
        assertThat(changes.objects().stream().map(change -> change.without("changed_at")))
                .containsExactly(
                        JsonObject.of(
                                "changed_by",
                                admin.userId(),
                                "pattern",
                                "blue.test",
                                "was_allowed",
                                false),
                        JsonObject.of(
                                "changed_by",
                                admin.userId(),
                                "pattern",
                                "blue.test",
                                "allowed",
                                false));
        refused(
                admin.send(
                        "PUT",
                        "/_valise/admin/v1/federation/peers/blue.test:8448",
                        JsonObject.of("allowed", true)),
                400,
                "M_INVALID_PARAM");
    }
}
