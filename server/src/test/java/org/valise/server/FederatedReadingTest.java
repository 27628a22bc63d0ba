package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What people read of rooms and directories of other servers.
class FederatedReadingTest extends TwoServers {
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

    /// Alice's server helps.
    private static void join(TestClient who, TestRoom room) {
        who.post(
                "/_matrix/client/v3/join/" + Synced.encoded(room.id()) + "?via=red.test",
                JsonObject.of());
    }

    /// The texts of a page, and the token of the next one.
    private record Page(List<String> texts, Optional<String> end) {}

    private static Page page(TestClient who, TestRoom room, String query) {
        return page(who, room, "b", query);
    }

    private static Page page(TestClient who, TestRoom room, String dir, String query) {
        TestClient.Answer answer = who.get(room.path("/messages?dir=" + dir + query));
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
        return pages(who, room, "b", limit).reversed();
    }

    /// All texts of a room in a direction.
    private static List<String> pages(TestClient who, TestRoom room, String dir, int limit) {
        List<String> texts = new ArrayList<>();
        Page page = page(who, room, dir, "&limit=" + limit);
        texts.addAll(page.texts());
        for (int pages = 0; page.end().isPresent() && pages < 200; pages++) {
            page = page(who, room, dir, "&limit=" + limit + "&from=" + page.end().get());
            texts.addAll(page.texts());
        }
        return texts;
    }

    private static List<String> say(TestRoom room, int count) {
        List<String> texts = IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
        texts.forEach(text -> room.say(alice, text));
        return texts;
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 100, 1_000})
    void pagesBackToWhatWasSaidBeforeTheServerCame(int limit) {
        TestRoom room = TestRoom.open(alice, "shared");
        List<String> texts = say(room, 130);
        join(bob, room);
        assertThat(history(bob, room, limit)).isEqualTo(texts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"world_readable", "shared", "invited", "joined"})
    void showsOfThePastWhatItsVisibilityLetsBeSeen(String visibility) {
        TestRoom room = TestRoom.open(alice, visibility);
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
        TestRoom room = TestRoom.open(alice, "shared");
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
    void whatIsReadBackIsNeitherNewsNorCounted() {
        TestRoom room = TestRoom.open(alice, "shared");
        List<String> texts = say(room, 20);
        join(bob, room);
        Synced before = Synced.initial(bob);
        assertThat(history(bob, room, 50)).isEqualTo(texts);
        assertThat(before.next(bob).in("join", room.id())).isEmpty();
        room.say(alice, "new");
        Synced.Room news = Waiting.until(() -> before.next(bob).in("join", room.id()));
        assertThat(news.bodies()).containsExactly("new");
        assertThat(news.notifications()).isEqualTo(1);
        assertThat(Synced.initial(bob).joined(room.id()).notifications()).isEqualTo(1);
    }

    @Test
    void anEventWhoseStateIsNotKnownIsNotShown() {
        TestRoom room = TestRoom.open(alice, "shared");
        String topic = room.setState(alice, "m.room.topic", "", JsonObject.of("topic", "before"));
        join(bob, room);
        assertThat(bob.get(room.path("/state/m.room.topic")).json().string("topic"))
                .contains("before");
        for (String reading : List.of("/event/", "/context/")) {
            assertThat(bob.get(room.path(reading + Synced.encoded(topic))).status())
                    .as(reading)
                    .isEqualTo(404);
        }
        history(bob, room, 50);
        assertThat(bob.get(room.path("/event/" + Synced.encoded(topic))).status()).isEqualTo(200);
    }

    @Test
    void theContextOfAnEventReachesBackOverTheGap() {
        TestRoom room = TestRoom.open(alice, "shared");
        say(room, 5);
        join(bob, room);
        String event = room.say(bob, "here");
        TestClient.Answer answer =
                bob.get(room.path("/context/" + Synced.encoded(event) + "?limit=20"));
        assertThat(answer.json().array("events_before").orElseThrow().toString())
                .contains("\"m4\"", "\"m0\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 1_000})
    void readsOnFromTheBeginningOverWhatWasSaidBeforeTheServerCame(int limit) {
        TestRoom room = TestRoom.open(alice, "shared");
        List<String> texts = new ArrayList<>(say(room, 130));
        join(bob, room);
        room.say(bob, "here");
        texts.add("here");
        assertThat(pages(bob, room, "f", limit)).isEqualTo(texts);
    }

    /// A room in which Bob said something, left, and came back when much had been said meanwhile.
    private record Interrupted(TestRoom room, String before, List<String> between) {}

    private static Interrupted interrupted(int said) {
        TestRoom room = TestRoom.open(alice, "shared");
        join(bob, room);
        String before = room.say(bob, "before");
        room.leave(bob);
        // What is sent before this is known goes to his server still.
        Waiting.untilTrue(
                () -> !alice.get(room.path("/joined_members")).body().contains(bob.userId()));
        List<String> between = say(room, said);
        join(bob, room);
        room.say(bob, "after");
        return new Interrupted(room, before, between);
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 1_000})
    void readsOnOverWhatWasSaidWhileNobodyHereWasInTheRoom(int limit) {
        Interrupted stay = interrupted(130);
        List<String> texts = new ArrayList<>(stay.between());
        texts.addFirst("before");
        texts.add("after");
        assertThat(pages(bob, stay.room(), "f", limit)).isEqualTo(texts);
    }

    @Test
    void theContextOfAnEventReachesOnOverTheGap() {
        Interrupted stay = interrupted(5);
        String path = "/context/" + Synced.encoded(stay.before()) + "?limit=40";
        assertThat(
                        bob.get(stay.room().path(path))
                                .json()
                                .array("events_after")
                                .orElseThrow()
                                .toString())
                .containsSubsequence("\"m0\"", "\"m4\"", "\"after\"");
    }

    /// What is missing lies before what is here: that is not kept back for ever.
    @Test
    void whereNobodyAnswersReadingOnHaltsOnceAndThenGoesOn() {
        Interrupted stay = interrupted(5);
        federation.cut("red", "blue");
        Page halted = page(bob, stay.room(), "f", "&limit=50");
        assertThat(halted.texts()).containsExactly("before");
        String end = halted.end().orElseThrow();
        Page further = page(bob, stay.room(), "f", "&limit=50&from=" + end);
        assertThat(further.texts()).containsExactly("after");
        federation.heal();
        List<String> texts = new ArrayList<>(stay.between());
        texts.add("after");
        Waiting.untilTrue(
                () -> page(bob, stay.room(), "f", "&limit=50&from=" + end).texts().equals(texts));
    }

    @Test
    void jumpsToADateBeforeTheServerCame() {
        TestRoom room = TestRoom.open(alice, "shared");
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
