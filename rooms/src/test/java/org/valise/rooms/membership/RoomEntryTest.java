package org.valise.rooms.membership;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

/// Who gets into rooms that are not open to all.
final class RoomEntryTest {
    private static final JsonObject NOTHING = JsonObject.of();

    private static RoomsServer server;
    private static User alice;
    private static User bob;
    private static User carol;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
        bob = server.register("bob");
        carol = server.register("carol");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String roomFor(String joinRule, String space, String version) {
        JsonObject rules =
                JsonObject.of(
                        "join_rule",
                        joinRule,
                        "allow",
                        JsonArray.of(JsonObject.of("type", "m.room_membership", "room_id", space)));
        return server.room(
                alice,
                JsonObject.of(
                        "room_version",
                        version,
                        "initial_state",
                        JsonArray.of(
                                JsonObject.of("type", "m.room.join_rules", "content", rules))));
    }

    private static Answer join(User user, String room) {
        return server.post(user, "/rooms/" + room + "/join", NOTHING);
    }

    private static JsonObject member(User reader, String room, User user) {
        return server.get(reader, "/rooms/" + room + "/state/m.room.member/" + user.id()).ok();
    }

    private static void setLevels(String room, int invite, JsonObject users) {
        server.setState(
                alice,
                room,
                "m.room.power_levels",
                server.get(alice, "/rooms/" + room + "/state/m.room.power_levels")
                        .ok()
                        .with("invite", invite)
                        .with("users", users));
    }

    @Test
    void onlyAMemberWhoReallyMayInviteAuthorisesARestrictedJoin() {
        String space = server.publicRoom(alice);
        String room = roomFor("restricted", space, "11");
        server.join(bob, space);
        server.invite(alice, room, carol);
        server.join(carol, room);
        setLevels(room, 50, JsonObject.of(alice.id(), 100, carol.id(), 50));
        server.leave(alice, room);
        server.join(bob, room);
        assertThat(member(bob, room, bob).string("join_authorised_via_users_server"))
                .as("alice has left, whatever her level")
                .contains(carol.id());
        server.leave(bob, room);
        server.leave(carol, room);
        assertThat(join(bob, room).refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void whoMayNotInviteAuthorisesNobody() {
        String space = server.publicRoom(alice);
        String room = roomFor("restricted", space, "11");
        server.join(bob, space);
        server.invite(alice, room, carol);
        server.join(carol, room);
        setLevels(room, 50, JsonObject.of(alice.id(), 100));
        server.leave(alice, room);
        assertThat(join(bob, room).refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void whoIsNeitherInTheSpaceNorInvitedKnocks() {
        String space = server.publicRoom(alice);
        String room = roomFor("knock_restricted", space, "12");
        assertThat(join(bob, room).refusal()).isEqualTo("403 M_FORBIDDEN");
        server.post(bob, "/knock/" + room, NOTHING).ok();
        server.leave(bob, room);
        server.join(bob, space);
        server.join(bob, room);
        assertThat(member(bob, room, bob).string("join_authorised_via_users_server"))
                .contains(alice.id());
    }

    @Test
    void anInvitationNeedsNobodyWhoAuthorises() {
        String space = server.publicRoom(alice);
        String room = roomFor("restricted", space, "12");
        server.invite(alice, room, bob);
        server.join(bob, room);
        assertThat(member(bob, room, bob).has("join_authorised_via_users_server")).isFalse();
    }

    /// Clients that change a name in a room write back all that they have read.
    @Test
    void whoAuthorisedIsNothingThatAClientSays() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        JsonObject content =
                JsonObject.of(
                        "membership",
                        "join",
                        "displayname",
                        "Robert",
                        "join_authorised_via_users_server",
                        alice.id());
        server.put(bob, "/rooms/" + room + "/state/m.room.member/" + bob.id(), content).ok();
        assertThat(member(bob, room, bob))
                .isEqualTo(content.without("join_authorised_via_users_server"));
        server.setState(alice, room, "org.valise.test", content);
        assertThat(server.get(bob, "/rooms/" + room + "/state/org.valise.test").ok())
                .as("other state is what was set")
                .isEqualTo(content);
    }

    @Test
    void aVersionWithoutRestrictedJoinsLetsNobodyInByThem() {
        String space = server.publicRoom(alice);
        String room = roomFor("restricted", space, "7");
        server.join(bob, space);
        assertThat(join(bob, room).refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void nobodyFromElsewhereIsInvitedIntoARoomOfThisServerAlone() {
        JsonObject local = JsonObject.of("m.federate", false);
        String stranger = "@stranger:elsewhere.org";
        String room = server.room(alice, JsonObject.of("creation_content", local));
        assertThat(
                        server.post(
                                        alice,
                                        "/rooms/" + room + "/invite",
                                        JsonObject.of("user_id", stranger))
                                .refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(
                        server.put(
                                        alice,
                                        "/rooms/" + room + "/state/m.room.member/" + stranger,
                                        JsonObject.of("membership", "invite"))
                                .refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(
                        server.post(
                                        alice,
                                        "/createRoom",
                                        JsonObject.of(
                                                "creation_content",
                                                local,
                                                "invite",
                                                JsonArray.of(stranger)))
                                .refusal())
                .isEqualTo("403 M_FORBIDDEN");
        server.invite(alice, room, bob);
    }

    @Test
    void theTrustedAreCreatorsInVersion12AndAdministratorsBefore() {
        JsonObject request =
                JsonObject.of("preset", "trusted_private_chat", "invite", JsonArray.of(bob.id()));
        String room = server.room(alice, request.with("room_version", "12"));
        JsonObject create = server.get(alice, "/rooms/" + room + "/state/m.room.create").ok();
        assertThat(create.array("additional_creators")).contains(JsonArray.of(bob.id()));
        JsonObject levels = server.get(alice, "/rooms/" + room + "/state/m.room.power_levels").ok();
        assertThat(levels.object("users")).contains(NOTHING);
        assertThat(levels.object("events").flatMap(events -> events.integer("m.room.tombstone")))
                .contains(150L);
        String older = server.room(alice, request.with("room_version", "11"));
        assertThat(
                        server.get(alice, "/rooms/" + older + "/state/m.room.power_levels")
                                .ok()
                                .object("users"))
                .contains(JsonObject.of(alice.id(), 100, bob.id(), 100));
    }
}
