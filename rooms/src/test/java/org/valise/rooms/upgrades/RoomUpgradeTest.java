package org.valise.rooms.upgrades;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.Optional;
import java.util.function.BooleanSupplier;

final class RoomUpgradeTest {
    private static final int ATTEMPTS = 600;

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

    private static Answer upgrade(User user, String room, JsonObject body) {
        return server.post(user, "/rooms/" + room + "/upgrade", body);
    }

    private static String upgraded(User user, String room, String version) {
        return upgrade(user, room, JsonObject.of("new_version", version))
                .ok()
                .string("replacement_room")
                .orElseThrow();
    }

    private static JsonObject state(User user, String room, String type) {
        return server.get(user, "/rooms/" + room + "/state/" + type).ok();
    }

    private static String room(String version, JsonObject more) {
        JsonObject request = JsonObject.of("preset", "public_chat", "room_version", version);
        for (String key : more.keys()) {
            request = request.with(key, more.get(key));
        }
        return server.room(alice, request);
    }

    private static void eventually(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < ATTEMPTS && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void carriesTheStateOverAndEndsTheOldRoom() {
        String old =
                room(
                        "10",
                        JsonObject.of(
                                "name",
                                "The old one",
                                "topic",
                                "Moving",
                                "creation_content",
                                JsonObject.of("m.federate", false)));
        server.join(bob, old);
        server.setState(
                alice,
                old,
                "m.room.encryption",
                JsonObject.of("algorithm", "m.megolm.v1.aes-sha2"));
        String last = server.say(bob, old, "bye");
        String made = upgraded(alice, old, "11");
        JsonObject create = state(alice, made, "m.room.create");
        assertThat(create.object("predecessor"))
                .contains(JsonObject.of("room_id", old, "event_id", last));
        assertThat(create.string("room_version")).contains("11");
        assertThat(create.bool("m.federate")).contains(false);
        assertThat(create.has("type")).isFalse();
        assertThat(state(alice, made, "m.room.name").string("name")).contains("The old one");
        assertThat(state(alice, made, "m.room.topic").string("topic")).contains("Moving");
        assertThat(state(alice, made, "m.room.join_rules").string("join_rule")).contains("public");
        assertThat(state(alice, made, "m.room.encryption").string("algorithm")).isPresent();
        assertThat(state(alice, made, "m.room.power_levels").object("users"))
                .contains(JsonObject.of(alice.id(), 100));
        assertThat(state(bob, old, "m.room.tombstone").string("replacement_room")).contains(made);
        JsonObject levels = state(bob, old, "m.room.power_levels");
        assertThat(levels.integer("events_default")).contains(50L);
        assertThat(levels.integer("invite")).contains(50L);
        assertThat(
                        server.put(
                                        bob,
                                        "/rooms/" + old + "/send/m.room.message/late",
                                        JsonObject.of("msgtype", "m.text", "body", "late"))
                                .refusal())
                .isEqualTo("403 M_FORBIDDEN");
    }

    @Test
    void onlyWhoMaySendATombstoneUpgrades() {
        String old = room("11", JsonObject.of());
        server.join(bob, old);
        assertThat(upgrade(bob, old, JsonObject.of("new_version", "12")).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(upgrade(carol, old, JsonObject.of("new_version", "12")).refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(
                        upgrade(alice, "!nowhere:example.org", JsonObject.of("new_version", "12"))
                                .refusal())
                .isEqualTo("403 M_FORBIDDEN");
        assertThat(upgrade(alice, old, JsonObject.of("new_version", "99")).refusal())
                .isEqualTo("400 M_UNSUPPORTED_ROOM_VERSION");
        assertThat(upgrade(alice, old, JsonObject.of()).refusal()).isEqualTo("400 M_MISSING_PARAM");
        assertThat(server.get(bob, "/rooms/" + old + "/state/m.room.tombstone").status())
                .isEqualTo(404);
    }

    @Test
    void inVersion12CreatorsStandAboveTheLevelsAndOnlyTheyEndTheRoom() {
        String old = room("11", JsonObject.of());
        server.join(bob, old);
        server.setState(
                alice,
                old,
                "m.room.power_levels",
                state(alice, old, "m.room.power_levels")
                        .with(
                                "users",
                                JsonObject.of(alice.id(), 100, bob.id(), 100, carol.id(), 50))
                        .with("state_default", 50));
        String made =
                upgrade(
                                alice,
                                old,
                                JsonObject.of(
                                        "new_version",
                                        "12",
                                        "additional_creators",
                                        JsonArray.of(bob.id())))
                        .ok()
                        .string("replacement_room")
                        .orElseThrow();
        assertThat(made).doesNotContain(":");
        assertThat(state(alice, made, "m.room.create").object("predecessor"))
                .contains(JsonObject.of("room_id", old));
        assertThat(state(alice, made, "m.room.create").array("additional_creators"))
                .contains(JsonArray.of(bob.id()));
        JsonObject levels = state(alice, made, "m.room.power_levels");
        assertThat(levels.object("users")).contains(JsonObject.of(carol.id(), 50));
        assertThat(levels.object("events").flatMap(e -> e.integer("m.room.tombstone")))
                .contains(150L);
        server.join(bob, made);
        String next = upgraded(bob, made, "12");
        assertThat(state(bob, next, "m.room.create").has("additional_creators"))
                .as("creators are not copied")
                .isFalse();
        assertThat(
                        upgrade(
                                        alice,
                                        old,
                                        JsonObject.of(
                                                "new_version",
                                                "12",
                                                "additional_creators",
                                                JsonArray.of("nobody")))
                                .refusal())
                .isEqualTo("400 M_INVALID_PARAM");
    }

    @Test
    void movesTheNamesAndTheDirectoryEntry() {
        String old = room("11", JsonObject.of("room_alias_name", "moving", "visibility", "public"));
        String made = upgraded(alice, old, "12");
        assertThat(server.get(bob, "/directory/room/#moving:example.org").ok().string("room_id"))
                .contains(made);
        assertThat(state(alice, made, "m.room.canonical_alias").string("alias"))
                .contains("#moving:example.org");
        assertThat(state(alice, old, "m.room.canonical_alias").has("alias")).isFalse();
        assertThat(server.get(bob, "/directory/list/room/" + old).ok().string("visibility"))
                .contains("private");
        assertThat(server.get(bob, "/directory/list/room/" + made).ok().string("visibility"))
                .contains("public");
    }

    @Test
    void bansHoldInTheNewRoom() {
        String old = room("11", JsonObject.of());
        server.join(bob, old);
        server.post(
                        alice,
                        "/rooms/" + old + "/ban",
                        JsonObject.of("user_id", bob.id(), "reason", "noise"))
                .ok();
        String made = upgraded(alice, old, "12");
        assertThat(state(alice, made, "m.room.member/" + bob.id()))
                .isEqualTo(JsonObject.of("membership", "ban", "reason", "noise"));
        assertThat(server.post(bob, "/rooms/" + made + "/join", JsonObject.of()).status())
                .isEqualTo(403);
    }

    @Test
    void aSpaceKeepsItsRooms() {
        String space =
                room("11", JsonObject.of("creation_content", JsonObject.of("type", "m.space")));
        String child = room("12", JsonObject.of());
        server.setState(
                alice,
                space,
                "m.space.child/" + child,
                JsonObject.of("via", JsonArray.of("example.org")));
        server.setState(alice, space, "m.space.child/!gone:example.org", JsonObject.of());
        String made = upgraded(alice, space, "12");
        assertThat(state(alice, made, "m.room.create").string("type")).contains("m.space");
        assertThat(state(alice, made, "m.space.child/" + child).array("via"))
                .contains(JsonArray.of("example.org"));
        assertThat(
                        server.get(
                                        alice,
                                        "/rooms/" + made + "/state/m.space.child/!gone:example.org")
                                .status())
                .isEqualTo(404);
    }

    @Test
    void tagsAndDirectChatsFollowWhoeverJoinsTheNewRoom() throws InterruptedException {
        String old = room("11", JsonObject.of());
        server.join(bob, old);
        server.put(
                        bob,
                        "/user/" + bob.id() + "/rooms/" + old + "/tags/m.favourite",
                        JsonObject.of("order", 0))
                .ok();
        server.put(
                        bob,
                        "/user/" + bob.id() + "/account_data/m.direct",
                        JsonObject.of(alice.id(), JsonArray.of(old)))
                .ok();
        String made = upgraded(alice, old, "12");
        server.join(bob, made);
        eventually(() ->
                server.get(bob, "/user/" + bob.id() + "/rooms/" + made + "/tags")
                        .ok()
                        .object("tags")
                        .filter(tags -> tags.has("m.favourite"))
                        .isPresent());
        eventually(() ->
                server.get(bob, "/user/" + bob.id() + "/account_data/m.direct")
                        .ok()
                        .array(alice.id())
                        .equals(Optional.of(JsonArray.of(old, made))));
    }

    @Test
    void aJoinRuleThatTheNewVersionDoesNotKnowBecomesInvite() {
        String old =
                room(
                        "10",
                        JsonObject.of(
                                "initial_state",
                                JsonArray.of(
                                        JsonObject.of(
                                                "type",
                                                "m.room.join_rules",
                                                "content",
                                                JsonObject.of("join_rule", "knock_restricted")))));
        String made = upgraded(alice, old, "6");
        assertThat(state(alice, made, "m.room.join_rules").string("join_rule")).contains("invite");
    }
}
