package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Joining rooms of other servers, both sides.
final class FederatedJoinTest {
    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestClient alice;
    private static TestClient bob;
    private static TestClient carol;
    private static TestClient bert;

    @BeforeAll
    static void start() {
        federation =
                TestFederation.in(folder)
                        .with("registration.guests", "true")
                        .server("one")
                        .server("two")
                        .server("three")
                        .start();
        alice = federation.register("one", "alice");
        bob = federation.register("two", "bob");
        bert = federation.register("two", "bert");
        carol = federation.register("three", "carol");
    }

    @AfterAll
    static void stop() {
        federation.close();
    }

    static TestClient.Answer join(TestClient who, TestRoom room, String... via) {
        return who.send("POST", joinPath(room.id(), via), JsonObject.of());
    }

    static String joinPath(String room, String... via) {
        StringBuilder path =
                new StringBuilder("/_matrix/client/v3/join/").append(Synced.encoded(room));
        for (int i = 0; i < via.length; i++) {
            path.append(i == 0 ? '?' : '&').append("via=").append(via[i]);
        }
        return path.toString();
    }

    static void mustJoin(TestClient who, TestRoom room, String... via) {
        TestClient.Answer answer = join(who, room, via);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(JsonObject.of("room_id", room.id()));
    }

    static Set<String> members(TestClient who, TestRoom room) {
        TestClient.Answer answer = who.get(room.path("/joined_members"));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return new TreeSet<>(answer.json().object("joined").orElseThrow().keys());
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "3", "5", "6", "9", "10", "11", "12"})
    void joinsARoomOfAnotherServerInEachVersion(String version) {
        TestRoom room =
                TestRoom.create(
                        alice,
                        JsonObject.of(
                                "preset",
                                "public_chat",
                                "name",
                                "Version " + version,
                                "room_version",
                                version));
        room.say(alice, "before");
        mustJoin(bob, room, "one.test");
        Set<String> both = Set.of(alice.userId(), bob.userId());
        assertThat(members(alice, room)).isEqualTo(both);
        assertThat(members(bob, room)).isEqualTo(both);
        assertThat(bob.get(room.path("/state/m.room.name")).json())
                .isEqualTo(JsonObject.of("name", "Version " + version));
        JsonObject seenByAlice =
                alice.get(room.path("/state/m.room.member/" + bob.userId())).json();
        assertThat(bob.get(room.path("/state/m.room.member/" + bob.userId())).json())
                .isEqualTo(seenByAlice);
        room.say(bob, "after");
        mustJoin(bert, room);
        assertThat(members(bert, room)).contains(bert.userId(), bob.userId(), alice.userId());
    }

    @Test
    void aServerThatIsNotInTheRoomKnowsNothingOfIt() {
        TestRoom room = TestRoom.open(alice);
        assertThat(join(bob, room, "three.test").status()).isEqualTo(404);
        assertThat(join(bob, new TestRoom("!nowhere:one.test"), "three.test").json())
                .isEqualTo(
                        JsonObject.of(
                                "errcode",
                                "M_NOT_FOUND",
                                "error",
                                "three.test answered 404 Unknown room !nowhere:one.test"));
    }

    @Test
    void asksTheNextServerWhereOneCannotHelp() {
        TestRoom room =
                TestRoom.create(
                        alice, JsonObject.of("preset", "public_chat", "room_version", "12"));
        mustJoin(bob, room, "nobody.test", "three.test", "one.test");
        assertThat(members(bob, room)).containsExactlyInAnyOrder(alice.userId(), bob.userId());
    }

    @Test
    void tellsTheUserWhyTheRoomRefuses() {
        TestRoom room = TestRoom.create(alice, JsonObject.of("preset", "private_chat"));
        TestClient.Answer refused = join(bob, room, "one.test");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().string("errcode")).contains("M_FORBIDDEN");
        TestRoom open = TestRoom.open(alice);
        alice.post(open.path("/ban"), JsonObject.of("user_id", bob.userId()));
        assertThat(join(bob, open, "one.test").status()).isEqualTo(403);
    }

    @Test
    void aRoomOfOneServerAloneIsClosedToOthers() {
        TestRoom room =
                TestRoom.create(
                        alice,
                        JsonObject.of(
                                "preset",
                                "public_chat",
                                "creation_content",
                                JsonObject.of("m.federate", false)));
        assertThat(join(bob, room, "one.test").status()).isEqualTo(403);
    }

    /// "Servers MUST only allow guest users to join rooms if the `m.room.guest_access` state event
    /// is present on the room, and has the `guest_access` value `can_join`."
    @Test
    void guestsJoinWhereTheyAreWelcomeAndNowhereElse() {
        TestClient guest = TestClient.guest(federation.server("two"));
        TestRoom closed = TestRoom.open(alice);
        closed.setState(
                alice, "m.room.guest_access", "", JsonObject.of("guest_access", "forbidden"));
        assertThat(join(guest, closed, "one.test").status()).isEqualTo(403);
        assertThat(members(alice, closed)).containsExactly(alice.userId());
        TestRoom welcoming = TestRoom.open(alice);
        welcoming.setState(
                alice, "m.room.guest_access", "", JsonObject.of("guest_access", "can_join"));
        mustJoin(guest, welcoming, "one.test");
        assertThat(members(alice, welcoming)).contains(guest.userId());
        welcoming.setState(
                alice, "m.room.guest_access", "", JsonObject.of("guest_access", "forbidden"));
        Waiting.untilTrue(() -> !members(alice, welcoming).contains(guest.userId()));
    }

    @Test
    void manyUsersJoinAtTheSameTime() throws Exception {
        TestRoom room = TestRoom.open(alice);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TestClient.Answer>> joins =
                    List.of(bob, bert, carol).stream()
                            .map(who -> threads.submit(() -> join(who, room, "one.test")))
                            .toList();
            for (Future<TestClient.Answer> each : joins) {
                assertThat(each.get().status()).as(each.get().body()).isEqualTo(200);
            }
        }
        Set<String> all = Set.of(alice.userId(), bob.userId(), bert.userId(), carol.userId());
        Waiting.untilTrue(() -> members(alice, room).equals(all));
        // Servers that come at the same moment are not told of each other's joins: they learn of
        // them when an event follows both.
        room.say(alice, "Welcome");
        for (TestClient each : List.of(alice, bob, bert, carol)) {
            Waiting.untilTrue(() -> members(each, room).equals(all));
        }
    }

    @Test
    void joinsThroughWhoeverIsStillThereAfterTheFirstHasGone() {
        TestRoom room = TestRoom.open(alice);
        mustJoin(bob, room, "one.test");
        mustJoin(carol, room, "two.test");
        assertThat(members(carol, room))
                .containsExactlyInAnyOrder(alice.userId(), bob.userId(), carol.userId());
    }

    @Test
    void comesBackToARoomThatEverybodyHereHadLeft() {
        TestRoom room =
                TestRoom.create(alice, JsonObject.of("preset", "public_chat", "name", "Old"));
        mustJoin(bob, room, "one.test");
        room.leave(bob);
        room.setState(alice, "m.room.name", "", JsonObject.of("name", "New"));
        assertThat(bob.get(room.path("/state/m.room.name")).json().string("name"))
                .as("what was when he left")
                .contains("Old");
        mustJoin(bert, room, "one.test");
        assertThat(bert.get(room.path("/state/m.room.name")).json().string("name")).contains("New");
        assertThat(members(bert, room)).contains(alice.userId(), bert.userId());
    }

    @Test
    void goesOnAloneWithARoomThatEverybodyHasLeft() {
        TestRoom room = TestRoom.open(alice);
        room.leave(alice);
        mustJoin(alice, room);
        assertThat(members(alice, room)).containsExactly(alice.userId());
    }

    @Test
    void showsTheWholeRoomInTheNextSync() {
        TestRoom room =
                TestRoom.create(alice, JsonObject.of("preset", "public_chat", "name", "Synced"));
        JsonObject before = bob.get("/_matrix/client/v3/sync").json();
        mustJoin(bob, room, "one.test");
        JsonObject synced =
                bob.get(
                                "/_matrix/client/v3/sync?since="
                                        + before.string("next_batch").orElseThrow())
                        .json();
        JsonObject joined =
                synced.object("rooms")
                        .flatMap(rooms -> rooms.object("join"))
                        .flatMap(rooms -> rooms.object(room.id()))
                        .orElseThrow();
        JsonObject timeline = joined.object("timeline").orElseThrow();
        assertThat(timeline.bool("limited")).contains(true);
        List<String> types =
                joined
                        .object("state")
                        .flatMap(state -> state.array("events"))
                        .orElse(JsonArray.of())
                        .objects()
                        .stream()
                        .map(event -> event.string("type").orElseThrow())
                        .toList();
        assertThat(types).contains("m.room.create", "m.room.name", "m.room.power_levels");
    }

    /// "When a user joins the new room, the server should automatically transfer/replicate some of
    /// the user's personalized settings", wherever the room was replaced.
    @Test
    void whatPeopleHaveSetFollowsThemIntoARoomThatReplacesAnotherElsewhere() {
        TestRoom old = TestRoom.open(alice);
        for (TestClient who : List.of(bob, bert)) {
            mustJoin(who, old, "one.test");
            assertThat(
                            who.send(
                                            "PUT",
                                            pushRule(old.id()),
                                            JsonObject.of("actions", JsonArray.of()))
                                    .status())
                    .isEqualTo(200);
        }
        TestRoom next =
                new TestRoom(
                        alice.post(old.path("/upgrade"), JsonObject.of("new_version", "12"))
                                .string("replacement_room")
                                .orElseThrow());
        for (int stay = 0; stay < 2; stay++) {
            for (TestClient who : List.of(bob, bert)) {
                mustJoin(who, next, "one.test");
                Waiting.untilTrue(() -> who.get(pushRule(next.id())).status() == 200);
            }
            next.leave(bob);
            next.leave(bert);
        }
    }

    private static String pushRule(String room) {
        return "/_matrix/client/v3/pushrules/global/room/" + Synced.encoded(room);
    }
}
