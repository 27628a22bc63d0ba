package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What people read of rooms and directories of other servers.
class FederatedReadingTest {
    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestClient alice;
    private static TestClient bob;

    @BeforeAll
    static void start() {
        federation = TestFederation.start(folder, "red", "blue");
        alice = federation.register("red", "alice");
        bob = federation.register("blue", "bob");
    }

    @AfterAll
    static void stop() {
        federation.close();
    }

    @AfterEach
    void heal() {
        federation.heal();
    }

    private static TestRoom room(String visibility) {
        return TestRoom.create(
                alice,
                JsonObject.of(
                        "preset",
                        "public_chat",
                        "initial_state",
                        JsonArray.of(
                                JsonObject.of(
                                        "type",
                                        "m.room.history_visibility",
                                        "content",
                                        JsonObject.of("history_visibility", visibility)))));
    }

    /// Alice's server helps.
    private static void join(TestClient who, TestRoom room) {
        who.post(
                "/_matrix/client/v3/join/" + Synced.encoded(room.id()) + "?via=red.test",
                JsonObject.of());
    }

    /// The texts of a page, and the token of the next one.
    private record Page(List<String> texts, Optional<String> end) {}

    private static Page page(TestClient who, TestRoom room, String query) {
        TestClient.Answer answer = who.get(room.path("/messages?dir=b" + query));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        List<String> texts = new ArrayList<>();
        for (JsonObject event : answer.json().array("chunk").orElseThrow().objects()) {
            event.object("content")
                    .flatMap(content -> content.string("body"))
                    .ifPresent(texts::add);
        }
        return new Page(texts, answer.json().string("end"));
    }

    /// All texts that somebody can page back to, the oldest first.
    private static List<String> history(TestClient who, TestRoom room, int limit) {
        List<String> texts = new ArrayList<>();
        Page page = page(who, room, "&limit=" + limit);
        texts.addAll(page.texts());
        for (int pages = 0; page.end().isPresent() && pages < 200; pages++) {
            page = page(who, room, "&limit=" + limit + "&from=" + page.end().get());
            texts.addAll(page.texts());
        }
        return texts.reversed();
    }

    private static List<String> say(TestRoom room, int count) {
        List<String> texts = IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
        texts.forEach(text -> room.say(alice, text));
        return texts;
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 100, 1_000})
    void pagesBackToWhatWasSaidBeforeTheServerCame(int limit) {
        TestRoom room = room("shared");
        List<String> texts = say(room, 130);
        join(bob, room);
        assertThat(history(bob, room, limit)).isEqualTo(texts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"world_readable", "shared", "invited", "joined"})
    void showsOfThePastWhatItsVisibilityLetsBeSeen(String visibility) {
        TestRoom room = room(visibility);
        room.say(alice, "before");
        alice.post(room.path("/invite"), JsonObject.of("user_id", bob.userId()));
        room.say(alice, "invited");
        join(bob, room);
        List<String> seen =
                switch (visibility) {
                    case "joined" -> List.<String>of();
                    case "invited" -> List.of("invited");
                    default -> List.of("before", "invited");
                };
        assertThat(history(bob, room, 50)).isEqualTo(seen);
    }

    @Test
    void whereNobodyAnswersThereIsMoreToComeAndItComesLater() {
        TestRoom room = room("shared");
        List<String> texts = say(room, 5);
        join(bob, room);
        federation.cut("red", "blue");
        Page none = page(bob, room, "&limit=50");
        assertThat(none.texts()).isEmpty();
        assertThat(none.end()).isPresent();
        federation.heal();
        Waiting.untilTrue(() ->
                page(bob, room, "&limit=50&from=" + none.end().orElseThrow())
                        .texts()
                        .reversed()
                        .equals(texts));
    }

    @Test
    void theContextOfAnEventReachesBackOverTheGap() {
        TestRoom room = room("shared");
        say(room, 5);
        join(bob, room);
        String event = room.say(bob, "here");
        TestClient.Answer answer =
                bob.get(room.path("/context/" + Synced.encoded(event) + "?limit=20"));
        assertThat(answer.json().array("events_before").orElseThrow().toString())
                .contains("\"m4\"", "\"m0\"");
    }

    @Test
    void jumpsToADateBeforeTheServerCame() {
        TestRoom room = room("shared");
        String first = room.say(alice, "the first");
        long ts =
                alice.get(room.path("/event/" + Synced.encoded(first)))
                        .json()
                        .integer("origin_server_ts")
                        .orElseThrow();
        say(room, 120);
        join(bob, room);
        for (String dir : List.of("f", "b")) {
            TestClient.Answer answer =
                    bob.get(
                            "/_matrix/client/v1/rooms/%s/timestamp_to_event?dir=%s&ts=%d"
                                    .formatted(Synced.encoded(room.id()), dir, ts));
            assertThat(answer.json().string("event_id")).as(answer.body()).contains(first);
        }
        assertThat(bob.get(room.path("/context/" + Synced.encoded(first))).body())
                .contains("the first");
    }

    @Test
    void findsRoomsOfOtherServersByAliasAndInTheirDirectories() {
        TestRoom room =
                TestRoom.create(
                        alice,
                        JsonObject.of(
                                "preset",
                                "public_chat",
                                "visibility",
                                "public",
                                "name",
                                "The café",
                                "room_alias_name",
                                "cafe"));
        JsonObject found = bob.get("/_matrix/client/v3/directory/room/%23cafe:red.test").json();
        assertThat(found.string("room_id")).contains(room.id());
        assertThat(found.array("servers").orElseThrow().strings()).contains("red.test");
        assertThat(bob.get("/_matrix/client/v3/directory/room/%23none:red.test").status())
                .isEqualTo(404);
        assertThat(bob.get("/_matrix/client/v3/publicRooms?server=red.test").body())
                .contains(room.id());
        JsonObject search = JsonObject.of("filter", JsonObject.of("generic_search_term", "café"));
        assertThat(
                        bob.post("/_matrix/client/v3/publicRooms?server=red.test", search)
                                .array("chunk")
                                .orElseThrow()
                                .size())
                .isEqualTo(1);
        JsonObject summary = bob.get("/_matrix/client/v1/room_summary/%23cafe:red.test").json();
        assertThat(summary.string("name")).contains("The café");
        assertThat(summary.string("membership")).contains("leave");
        assertThat(
                        bob.get(
                                        "/_matrix/client/v1/room_summary/%s?via=red.test"
                                                .formatted(Synced.encoded(room.id())))
                                .json()
                                .string("room_id"))
                .contains(room.id());
        bob.post("/_matrix/client/v3/join/%23cafe:red.test", JsonObject.of());
        assertThat(bob.get(room.path("/joined_members")).body()).contains(alice.userId());
    }

    @Test
    void walksThroughSpacesThatReachOverServers() {
        JsonObject space =
                JsonObject.of(
                        "preset",
                        "public_chat",
                        "creation_content",
                        JsonObject.of("type", "m.space"));
        TestRoom root = TestRoom.create(bob, space);
        TestRoom there = TestRoom.create(alice, space);
        TestRoom below = TestRoom.open(alice);
        TestRoom secret = TestRoom.create(alice, JsonObject.of("preset", "private_chat"));
        JsonObject via = JsonObject.of("via", JsonArray.of("red.test"));
        root.setState(bob, "m.space.child", there.id(), via);
        root.setState(bob, "m.space.child", secret.id(), via);
        there.setState(alice, "m.space.child", below.id(), via);
        there.setState(alice, "m.space.child", secret.id(), via);
        JsonObject tree =
                bob.get(
                                "/_matrix/client/v1/rooms/%s/hierarchy"
                                        .formatted(Synced.encoded(root.id())))
                        .json();
        assertThat(tree.array("rooms").orElseThrow().objects())
                .extracting(room -> room.string("room_id").orElseThrow())
                .containsExactly(root.id(), there.id(), below.id());
    }

    @Test
    void seesARoomOfASpaceAsSoonAsItsServerTellsOfIt() {
        TestRoom root =
                TestRoom.create(
                        bob, JsonObject.of("creation_content", JsonObject.of("type", "m.space")));
        TestRoom closed = TestRoom.create(alice, JsonObject.of("preset", "private_chat"));
        root.setState(
                bob, "m.space.child", closed.id(), JsonObject.of("via", JsonArray.of("red.test")));
        String path = "/_matrix/client/v1/rooms/%s/hierarchy".formatted(Synced.encoded(root.id()));
        assertThat(bob.get(path).json().array("rooms").orElseThrow().size()).isEqualTo(1);
        closed.setState(alice, "m.room.join_rules", "", JsonObject.of("join_rule", "public"));
        assertThat(bob.get(path).json().array("rooms").orElseThrow().size()).isEqualTo(2);
    }

    @Test
    void tellsOnlyWhoIsInvitedOfARoomThatNobodyHereIsIn() {
        TestClient carol = federation.register("blue", "carol");
        TestRoom room =
                TestRoom.create(
                        alice, JsonObject.of("preset", "private_chat", "name", "Confidential"));
        room.invite(alice, bob);
        String path =
                "/_matrix/client/v1/room_summary/%s?via=red.test"
                        .formatted(Synced.encoded(room.id()));
        JsonObject summary = bob.get(path).json();
        assertThat(summary.string("name")).contains("Confidential");
        assertThat(summary.string("membership")).contains("invite");
        assertThat(carol.get(path).status()).isEqualTo(404);
    }
}
