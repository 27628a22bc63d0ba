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

import java.util.List;

final class MembershipTest {
    private static final JsonObject NOTHING = JsonObject.of();
    private static final String UNKNOWN_ROOM = "!nowhere:example.org";
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

    private static Answer act(User user, String room, String action, JsonObject body) {
        return server.post(user, "/rooms/" + room + "/" + action, body);
    }

    private static JsonObject at(User user) {
        return JsonObject.of("user_id", user.id());
    }

    /// The content of a member event, as alice sees it.
    private static JsonObject member(String room, User user) {
        return server.get(alice, "/rooms/" + room + "/state/m.room.member/" + user.id()).ok();
    }

    @Test
    void joinsByIdAndByAliasAndTwiceWithoutAnotherEvent() {
        String room =
                server.room(
                        alice,
                        JsonObject.of("preset", "public_chat", "room_alias_name", "meeting"));
        Answer byAlias = server.post(bob, "/join/#meeting:example.org", NOTHING);
        assertThat(byAlias.ok()).isEqualTo(JsonObject.of("room_id", room));
        long position = server.stream().lastPosition();
        assertThat(act(bob, room, "join", NOTHING).ok()).isEqualTo(JsonObject.of("room_id", room));
        assertThat(server.post(bob, "/join/" + room, NOTHING).ok().string("room_id"))
                .contains(room);
        assertThat(server.stream().lastPosition()).isEqualTo(position);
        assertThat(joinedRooms(bob)).contains(room);
        server.leave(bob, room);
        assertThat(joinedRooms(bob)).doesNotContain(room);
    }

    private static List<String> joinedRooms(User user) {
        return server.get(user, "/joined_rooms").ok().array("joined_rooms").orElseThrow().strings();
    }

    @Test
    void refusesToJoinWhereAnAliasLeadsNowhereOrIsNone() {
        assertThat(server.post(bob, "/join/#nothing:example.org", NOTHING).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        assertThat(server.post(bob, "/join/#nothing", NOTHING).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
        assertThat(server.post(bob, "/join/nothing", NOTHING).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
    }

    @Test
    void putsWhatElseTheClientSaysIntoTheJoin() {
        String room = server.publicRoom(alice);
        JsonObject body = JsonObject.of("reason", "why not", "foo", "bar", "membership", "ban");
        server.post(bob, "/join/" + room, body).ok();
        JsonObject content = member(room, bob);
        assertThat(content.string("membership")).contains("join");
        assertThat(content.string("reason")).contains("why not");
        assertThat(content.string("foo")).contains("bar");
    }

    @Test
    void tellsWhoIsNotInARoomTheSameWhetherItExistsOrNot() {
        String secret = server.room(alice, JsonObject.of("preset", "private_chat"));
        String event = server.say(alice, secret, "secret");
        for (String action : new String[] {"invite", "kick", "ban", "unban"}) {
            assertSame(
                    action,
                    act(bob, secret, action, at(carol)),
                    act(bob, UNKNOWN_ROOM, action, at(carol)));
        }
        for (String action : new String[] {"join", "leave", "forget"}) {
            assertSame(
                    action,
                    act(bob, secret, action, NOTHING),
                    act(bob, UNKNOWN_ROOM, action, NOTHING));
        }
        assertSame(
                "knock",
                server.post(bob, "/knock/" + secret, NOTHING),
                server.post(bob, "/knock/" + UNKNOWN_ROOM, NOTHING));
        String large = "x".repeat(70_000);
        for (String path :
                new String[] {
                    "/send/m.room.message/t1", "/state/m.room.topic", "/redact/" + event + "/t2"
                }) {
            assertSame(
                    path,
                    server.put(bob, "/rooms/" + secret + path, JsonObject.of("topic", large)),
                    server.put(
                            bob, "/rooms/" + UNKNOWN_ROOM + path, JsonObject.of("topic", large)));
        }
    }

    private static void assertSame(String what, Answer existing, Answer unknown) {
        assertThat(existing.refusal()).as(what).isEqualTo("403 M_FORBIDDEN");
        assertThat(existing).as(what).isEqualTo(unknown);
    }

    @Test
    void refusesToInviteWhoIsBannedOrInTheRoomAndTakesTheInvitedAsDone() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        assertThat(act(alice, room, "invite", at(bob)).refusal()).isEqualTo("403 M_FORBIDDEN");
        act(alice, room, "ban", at(bob)).ok();
        assertThat(act(alice, room, "invite", at(bob)).refusal()).isEqualTo("403 M_FORBIDDEN");
        server.invite(alice, room, carol);
        long position = server.stream().lastPosition();
        assertThat(act(alice, room, "invite", at(carol)).ok()).isEqualTo(NOTHING);
        assertThat(server.stream().lastPosition()).isEqualTo(position);
    }

    @Test
    void invitesWithTheNameOfTheInvitedAndTheReason() {
        String room = server.room(alice, NOTHING);
        server.put(
                        carol,
                        "/profile/" + carol.id() + "/displayname",
                        JsonObject.of("displayname", "Carol"))
                .ok();
        act(alice, room, "invite", at(carol).with("reason", "welcome")).ok();
        assertThat(member(room, carol))
                .isEqualTo(
                        JsonObject.of(
                                "displayname",
                                carolsName(),
                                "membership",
                                "invite",
                                "reason",
                                "welcome"));
    }

    private static String carolsName() {
        return server.get(alice, "/profile/" + carol.id() + "/displayname")
                .ok()
                .string("displayname")
                .orElseThrow();
    }

    @Test
    void refusesInvitationsByAddressAndMalformedOnes() {
        String room = server.room(alice, NOTHING);
        JsonObject byAddress =
                JsonObject.of("id_server", "id.example", "medium", "email", "address", "a@b.c");
        assertThat(act(alice, room, "invite", byAddress).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(act(alice, room, "invite", NOTHING).refusal()).isEqualTo("400 M_MISSING_PARAM");
        assertThat(act(alice, room, "invite", JsonObject.of("user_id", 3)).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(act(alice, room, "invite", JsonObject.of("user_id", "bob")).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
    }

    @Test
    void doesNotInviteWhoBlocksInvitations() {
        User dave = server.register("dave");
        String config = "/user/" + dave.id() + "/account_data/m.invite_permission_config";
        server.put(dave, config, JsonObject.of("default_action", "block")).ok();
        String room = server.room(alice, NOTHING);
        assertThat(act(alice, room, "invite", at(dave)).refusal())
                .isEqualTo("403 M_INVITE_BLOCKED");
        assertThat(
                        server.put(
                                        alice,
                                        "/rooms/" + room + "/state/m.room.member/" + dave.id(),
                                        JsonObject.of("membership", "invite"))
                                .refusal())
                .isEqualTo("403 M_INVITE_BLOCKED");
        assertThat(
                        server.post(
                                        alice,
                                        "/createRoom",
                                        JsonObject.of("invite", JsonArray.of(dave.id())))
                                .refusal())
                .isEqualTo("403 M_INVITE_BLOCKED");
        server.put(dave, config, NOTHING).ok();
        act(alice, room, "invite", at(dave)).ok();
    }

    @Test
    void declinesAnInvitationByLeaving() {
        String room = server.room(alice, NOTHING);
        server.invite(alice, room, bob);
        act(bob, room, "leave", JsonObject.of("reason", "no time")).ok();
        assertThat(member(room, bob))
                .isEqualTo(JsonObject.of("membership", "leave", "reason", "no time"));
        assertThat(act(bob, room, "leave", NOTHING).ok()).isEqualTo(NOTHING);
        assertThat(act(bob, room, "join", NOTHING).refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void kicksBansAndUnbansWithTheReasonInTheMemberEvent() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        act(alice, room, "kick", at(bob).with("reason", "noise")).ok();
        assertThat(member(room, bob))
                .isEqualTo(JsonObject.of("membership", "leave", "reason", "noise"));
        assertThat(act(alice, room, "kick", at(bob)).refusal()).isEqualTo("403 M_FORBIDDEN");
        server.join(bob, room);
        act(alice, room, "ban", at(bob).with("reason", "more noise")).ok();
        assertThat(member(room, bob))
                .isEqualTo(JsonObject.of("membership", "ban", "reason", "more noise"));
        assertThat(act(bob, room, "join", NOTHING).refusal()).isEqualTo("403 M_FORBIDDEN");
        act(alice, room, "unban", at(bob)).ok();
        assertThat(act(alice, room, "unban", at(bob)).refusal()).isEqualTo("403 M_FORBIDDEN");
        server.join(bob, room);
    }

    @Test
    void refusesToKickOrBanWithoutThePower() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        server.join(carol, room);
        assertThat(act(bob, room, "kick", at(carol)).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(act(bob, room, "ban", at(carol)).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(act(bob, room, "ban", at(alice)).refusal()).isEqualTo("403 M_FORBIDDEN");
        act(alice, room, "ban", at(carol)).ok();
        assertThat(act(bob, room, "unban", at(carol)).refusal()).isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void forgetsOnlyWhatWasLeftAndThenShowsNothingOfIt() {
        String room = server.publicRoom(alice);
        server.join(bob, room);
        String event = server.say(alice, room, "hello");
        assertThat(act(bob, room, "forget", NOTHING).refusal()).isEqualTo("400 M_UNKNOWN");
        server.leave(bob, room);
        assertThat(server.get(bob, "/rooms/" + room + "/messages?dir=b").status()).isEqualTo(200);
        act(bob, room, "forget", NOTHING).ok();
        act(bob, room, "forget", NOTHING).ok();
        for (String path :
                new String[] {"messages?dir=b", "state", "members", "context/" + event}) {
            assertThat(server.get(bob, "/rooms/" + room + "/" + path).refusal())
                    .as(path)
                    .isEqualTo("403 M_FORBIDDEN");
        }
        assertThat(server.get(bob, "/rooms/" + room + "/event/" + event).refusal())
                .isEqualTo("404 M_NOT_FOUND");
        server.join(bob, room);
        assertThat(server.get(bob, "/rooms/" + room + "/messages?dir=b").ids("chunk"))
                .contains(event);
    }

    @Test
    void knocksIsLetInOrTakesTheKnockBack() {
        JsonObject rule = JsonObject.of("join_rule", "knock");
        String room =
                server.room(
                        alice,
                        JsonObject.of(
                                "initial_state",
                                JsonArray.of(
                                        JsonObject.of(
                                                "type", "m.room.join_rules", "content", rule))));
        assertThat(act(bob, room, "join", NOTHING).refusal()).isEqualTo("403 M_FORBIDDEN");
        assertThat(server.post(bob, "/knock/" + room, JsonObject.of("reason", "please")).ok())
                .isEqualTo(JsonObject.of("room_id", room));
        assertThat(member(room, bob).string("membership")).contains("knock");
        assertThat(member(room, bob).string("reason")).contains("please");
        server.leave(bob, room);
        assertThat(member(room, bob).string("membership")).contains("leave");
        server.post(bob, "/knock/" + room, NOTHING).ok();
        server.invite(alice, room, bob);
        server.join(bob, room);
        assertThat(server.post(bob, "/knock/" + room, NOTHING).refusal())
                .isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void namesAnAuthorisingUserInARestrictedJoin() {
        String space = server.publicRoom(alice);
        String room = server.restrictedRoom(alice, space);
        assertThat(act(bob, room, "join", NOTHING).refusal()).isEqualTo("403 M_FORBIDDEN");
        server.join(bob, space);
        server.join(bob, room);
        assertThat(member(room, bob).string("join_authorised_via_users_server"))
                .contains(alice.id());
    }

    @Test
    void refusesBodiesOfTheWrongShape() {
        String room = server.publicRoom(alice);
        assertThat(server.send("POST", bob, "/join/" + room, "[]").refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(server.send("POST", bob, "/join/" + room, "{").refusal())
                .isEqualTo("400 M_NOT_JSON");
        assertThat(act(bob, room, "join", JsonObject.of("reason", 1)).refusal())
                .isEqualTo("400 M_BAD_JSON");
        assertThat(act(alice, room, "kick", JsonObject.of("reason", "x")).refusal())
                .isEqualTo("400 M_MISSING_PARAM");
        assertThat(server.post(bob, "/rooms/nonsense/join", NOTHING).refusal())
                .isEqualTo("400 M_INVALID_PARAM");
    }
}
