package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.server.FakeServer.Answer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// A server that lies about the rooms that one joins through it.
final class HostileJoinAnswersTest {
    private static final UserId STRANGER = UserId.parse("@stranger:elsewhere.test");
    private static final AtomicInteger ROOMS = new AtomicInteger();

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static FakeServer evil;
    private static TestClient alice;

    @BeforeAll
    static void start() {
        int port = FakeServer.freePort();
        federation =
                TestFederation.in(folder)
                        .server(
                                "one",
                                Map.of(
                                        "federation.addresses",
                                        "evil.test=127.0.0.1:%d,elsewhere.test=127.0.0.1:%d"
                                                .formatted(port, FakeServer.freePort()),
                                        "federation.largest_room",
                                        "40",
                                        "registration.guests",
                                        "true"))
                        .start();
        evil = new FakeServer(federation.authority(), "evil.test", port);
        alice = federation.register("one", "alice");
    }

    @AfterAll
    static void stop() {
        evil.close();
        federation.close();
    }

    private static FakeRoom room(RoomVersion version) {
        FakeRoom room = new FakeRoom(evil.signer(), version, "room" + ROOMS.incrementAndGet());
        room.serveJoins(evil);
        return room;
    }

    private static FakeRoom room() {
        return room(RoomVersion.V11);
    }

    private static TestClient.Answer join(FakeRoom room) {
        return FederatedJoinTest.join(alice, new TestRoom(room.id.value()), "evil.test");
    }

    /// What is answered to `/send_join`, made from what an honest server would say.
    private static void lie(FakeRoom room, UnaryOperator<JsonObject> lie) {
        evil.on(
                "/_matrix/federation/v2/send_join/" + Synced.encoded(room.id.value()),
                request -> Answer.ok(lie.apply(room.sendJoin(request.body()))));
    }

    private static void lieInTheTemplate(FakeRoom room, UnaryOperator<JsonObject> lie) {
        evil.on(
                "/_matrix/federation/v1/make_join/" + Synced.encoded(room.id.value()),
                request -> Answer.ok(lie.apply(room.makeJoin(alice.userId()))));
    }

    private static void assertNotBelieved(FakeRoom room) {
        TestClient.Answer answer = join(room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(502);
        TestRoom known = new TestRoom(room.id.value());
        assertThat(alice.get(known.path("/state")).status()).isEqualTo(403);
        assertThat(
                        alice.get("/_matrix/client/v3/joined_rooms")
                                .json()
                                .array("joined_rooms")
                                .orElseThrow()
                                .strings())
                .doesNotContain(room.id.value());
        // Whoever means well still can: nothing of the lie has stuck.
        room.serveJoins(evil);
        TestClient.Answer honest = join(room);
        assertThat(honest.status()).as(honest.body()).isEqualTo(200);
    }

    private static JsonArray with(JsonObject answer, String key, JsonValue more) {
        List<JsonValue> all = new ArrayList<>(answer.array(key).orElseThrow().values());
        all.add(more);
        return JsonArray.of(all);
    }

    @ParameterizedTest
    @ValueSource(strings = {"6", "10", "11", "12"})
    void believesAnHonestServer(String version) {
        FakeRoom room = room(RoomVersion.of(version).orElseThrow());
        room.state("m.room.topic", "", JsonObject.of("topic", "honesty"));
        TestClient.Answer answer = join(room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        TestRoom known = new TestRoom(room.id.value());
        assertThat(alice.get(known.path("/state/m.room.topic")).json().string("topic"))
                .contains("honesty");
        assertThat(FederatedJoinTest.members(alice, known))
                .containsExactlyInAnyOrder(room.creator.value(), alice.userId());
    }

    @Test
    void refusesATemplateOfAnotherUserOrRoomOrKind() {
        for (JsonObject lie :
                List.of(
                        JsonObject.of("sender", "@bob:one.test"),
                        JsonObject.of("state_key", "@bob:one.test"),
                        JsonObject.of("room_id", "!other:evil.test"),
                        JsonObject.of("type", "m.room.power_levels"),
                        JsonObject.of("content", JsonObject.of("membership", "leave")))) {
            FakeRoom room = room();
            lieInTheTemplate(
                    room,
                    honest ->
                            honest.with(
                                    "event",
                                    honest.object("event").orElseThrow().toBuilder()
                                            .putAll(lie)
                                            .build()));
            int before = evil.requests().size();
            TestClient.Answer answer = join(room);
            assertThat(answer.status()).as(lie + ": " + answer.body()).isEqualTo(502);
            assertThat(evil.requests().subList(before, evil.requests().size()))
                    .as("nothing was signed")
                    .noneMatch(path -> path.contains("send_join"));
        }
    }

    @Test
    void signsNothingOfATemplateButWhatItMust() {
        FakeRoom room = room();
        lieInTheTemplate(
                room,
                honest ->
                        honest.with(
                                "event",
                                honest.object("event")
                                        .orElseThrow()
                                        .with("evil", "yes")
                                        .with(
                                                "content",
                                                JsonObject.of(
                                                        "membership",
                                                        "join",
                                                        "displayname",
                                                        "Mallory"))));
        List<JsonObject> sent = new ArrayList<>();
        lie(
                room,
                honest -> {
                    sent.add(honest.object("event").orElseThrow());
                    return honest;
                });
        assertThat(join(room).status()).isEqualTo(200);
        assertThat(sent.getFirst().has("evil")).isFalse();
        assertThat(sent.getFirst().object("content").orElseThrow())
                .isEqualTo(JsonObject.of("membership", "join"));
    }

    @Test
    void refusesAnUnknownVersionOfTheRoom() {
        FakeRoom room = room();
        lieInTheTemplate(room, honest -> honest.with("room_version", "org.evil.99"));
        assertThat(join(room).status()).isEqualTo(502);
    }

    @Test
    void refusesACreateEventOfAnotherVersion() {
        FakeRoom room = room(RoomVersion.V11);
        lieInTheTemplate(room, honest -> honest.with("room_version", "10"));
        assertNotBelieved(room);
    }

    @Test
    void refusesARoomWhoseIdBelongsToAnotherServer() {
        FakeRoom room = new FakeRoom(evil.signer(), RoomVersion.V11, "mine");
        FakeRoom stolen =
                new FakeRoom(
                        new FakeSigner(ServerName.parse("evil.test")), RoomVersion.V11, "stolen");
        stolen.serveJoins(evil);
        assertThat(join(stolen).status()).as("signed with another key").isEqualTo(502);
        evil.on(
                "/_matrix/federation/v1/make_join/" + Synced.encoded("!x:elsewhere.test"),
                request ->
                        Answer.ok(
                                room.makeJoin(alice.userId())
                                        .with(
                                                "event",
                                                room.template(
                                                                UserId.parse(alice.userId()),
                                                                "m.room.member",
                                                                alice.userId(),
                                                                JsonObject.of("membership", "join"))
                                                        .with("room_id", "!x:elsewhere.test"))));
        evil.on(
                "/_matrix/federation/v2/send_join/" + Synced.encoded("!x:elsewhere.test"),
                request -> Answer.ok(room.sendJoin(request.body())));
        assertThat(
                        FederatedJoinTest.join(
                                        alice, new TestRoom("!x:elsewhere.test"), "evil.test")
                                .status())
                .isEqualTo(502);
    }

    @Test
    void refusesAnotherCreateEventThanTheRoomsInVersion12() {
        FakeRoom room = room(RoomVersion.V12);
        FakeRoom other = new FakeRoom(evil.signer(), RoomVersion.V12, "other");
        lie(
                room,
                honest ->
                        honest.with("state", FakeRoom.json(other.stateEvents()))
                                .with("auth_chain", FakeRoom.json(other.stateEvents())));
        assertNotBelieved(room);
    }

    @Test
    void leavesOutAForgedEvent() {
        FakeRoom room = room();
        Event forged =
                room.made(
                        room.creator,
                        "m.room.topic",
                        "",
                        JsonObject.of("topic", "forged"),
                        new FakeSigner(ServerName.parse("evil.test")));
        lie(room, honest -> honest.with("state", with(honest, "state", forged.json())));
        assertLeftOut(room);
    }

    /// The user is in, and the room has no topic.
    private static void assertLeftOut(FakeRoom room) {
        TestClient.Answer answer = join(room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        TestRoom known = new TestRoom(room.id.value());
        assertThat(alice.get(known.path("/state/m.room.topic")).status()).isEqualTo(404);
        assertThat(FederatedJoinTest.members(alice, known))
                .containsExactlyInAnyOrder(room.creator.value(), alice.userId());
    }

    @Test
    void leavesOutWhatIsMalformedOrNotSignedAtAll() {
        FakeRoom room = room();
        JsonObject topic =
                room.made(
                                room.creator,
                                "m.room.topic",
                                "",
                                JsonObject.of("topic", "unsigned"),
                                evil.signer())
                        .json();
        for (JsonObject broken :
                List.of(
                        topic.without("signatures"),
                        topic.with("signatures", JsonObject.of()),
                        topic.with("depth", "deep"),
                        topic.with("sender", "nobody"))) {
            FakeRoom one = room();
            JsonObject own = broken.with("room_id", one.id.value());
            lie(one, honest -> honest.with("state", with(honest, "state", own)));
            assertLeftOut(one);
        }
    }

    @Test
    void leavesOutWhatBuildsOnWhatIsLeftOut() {
        FakeRoom room = room();
        Event forged =
                room.add(
                        STRANGER,
                        "m.room.member",
                        STRANGER.value(),
                        JsonObject.of("membership", "join"),
                        new FakeSigner(STRANGER.server()));
        Event topic =
                room.made(
                        UserId.parse(STRANGER.value()),
                        "m.room.topic",
                        "",
                        JsonObject.of("topic", "built on sand"),
                        evil.signer());
        assertThat(topic.authEvents()).contains(forged.id());
        lie(room, honest -> honest.with("state", with(honest, "state", topic.json())));
        assertLeftOut(room);
    }

    @Test
    void leavesOutEventsOfServersWhoseKeysCannotBeHad() {
        FakeRoom room = room();
        Event unknown =
                room.made(
                        STRANGER,
                        "m.room.member",
                        STRANGER.value(),
                        JsonObject.of("membership", "join"),
                        new FakeSigner(STRANGER.server()));
        lie(room, honest -> honest.with("state", with(honest, "state", unknown.json())));
        TestClient.Answer answer = join(room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(FederatedJoinTest.members(alice, new TestRoom(room.id.value())))
                .containsExactlyInAnyOrder(room.creator.value(), alice.userId());
    }

    @Test
    void refusesTwoEventsUnderOneKey() {
        FakeRoom room = room();
        Event other =
                room.made(
                        room.creator,
                        "m.room.join_rules",
                        "",
                        JsonObject.of("join_rule", "invite"),
                        evil.signer());
        lie(room, honest -> honest.with("state", with(honest, "state", other.json())));
        assertNotBelieved(room);
    }

    @Test
    void leavesOutWhatIsNotAllowed() {
        FakeRoom room = room();
        Event power =
                room.made(
                        UserId.parse("@nobody:evil.test"),
                        "m.room.topic",
                        "",
                        JsonObject.of("topic", "mine"),
                        evil.signer());
        lie(
                room,
                honest ->
                        honest.with("state", with(honest, "state", power.json()))
                                .with("auth_chain", with(honest, "auth_chain", power.json())));
        assertLeftOut(room);
    }

    @Test
    void refusesAJoinThatTheStateDoesNotAllow() {
        FakeRoom room = room();
        Event invitesOnly =
                room.made(
                        room.creator,
                        "m.room.join_rules",
                        "",
                        JsonObject.of("join_rule", "invite"),
                        evil.signer());
        List<JsonValue> state = new ArrayList<>();
        room.stateEvents().stream()
                .filter(event -> !event.type().equals("m.room.join_rules"))
                .forEach(event -> state.add(event.json()));
        state.add(invitesOnly.json());
        lie(room, honest -> honest.with("state", JsonArray.of(state)));
        assertNotBelieved(room);
    }

    @Test
    void refusesAnAuthChainWithGaps() {
        FakeRoom room = room();
        Event member = room.state("m.room.member", room.creator.value());
        lie(
                room,
                honest -> {
                    JsonArray without =
                            JsonArray.of(
                                    room.stateEvents().stream()
                                            .filter(event -> !event.id().equals(member.id()))
                                            .map(Event::json)
                                            .toList());
                    return honest.with("state", without).with("auth_chain", without);
                });
        assertNotBelieved(room);
    }

    @Test
    void refusesAStateWithoutCreateEventOrWithoutMembersOrOfMessages() {
        FakeRoom room = room();
        Event message =
                room.made(
                        room.creator,
                        "m.room.message",
                        null,
                        JsonObject.of("body", "no state"),
                        evil.signer());
        lie(room, honest -> honest.with("state", JsonArray.of()));
        assertThat(join(room).status()).isEqualTo(502);
        lie(room, honest -> honest.with("members_omitted", true));
        assertThat(join(room).status()).isEqualTo(502);
        lie(room, honest -> honest.with("state", "none"));
        assertThat(join(room).status()).isEqualTo(502);
        lie(room, honest -> honest.without("state"));
        assertThat(join(room).status()).isEqualTo(502);
        lie(room, honest -> honest.with("state", with(honest, "state", message.json())));
        assertNotBelieved(room);
    }

    @Test
    void refusesWhatIsNoJsonAndWhatEndsTooSoon() {
        FakeRoom room = room();
        String path = "/_matrix/federation/v2/send_join/" + Synced.encoded(room.id.value());
        for (String body : new String[] {"", "[]", "{\"state\":[", "{\"state\":[{}]}", "{\"a\""}) {
            evil.on(path, request -> new Answer(200, body.getBytes()));
            assertThat(join(room).status()).as(body).isEqualTo(502);
        }
        assertNotBelieved(room);
    }

    /// What is told of a room to those who are not in it.
    private static void tell(FakeRoom room, JsonObject more) {
        JsonObject summary =
                JsonObject.of(
                        "room_id",
                        room.id.value(),
                        "join_rule",
                        "public",
                        "world_readable",
                        false,
                        "children_state",
                        JsonArray.of());
        JsonObject told = summary.toBuilder().putAll(more).build();
        evil.on(
                "/_matrix/federation/v1/hierarchy/" + Synced.encoded(room.id.value()),
                request ->
                        Answer.ok(
                                JsonObject.of(
                                        "room",
                                        told,
                                        "children",
                                        JsonArray.of(),
                                        "inaccessible_children",
                                        JsonArray.of())));
    }

    private static boolean wasAsked(FakeRoom room, String what) {
        return evil.requests().stream()
                .anyMatch(path -> path.contains(what + Synced.encoded(room.id.value())));
    }

    @Test
    void aRoomOfTooManyMembersIsNotEvenAskedToLetAnybodyIn() {
        FakeRoom room = room();
        tell(room, JsonObject.of("num_joined_members", 41));
        TestClient.Answer answer = join(room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.json().string("errcode")).contains("M_RESOURCE_LIMIT_EXCEEDED");
        assertThat(wasAsked(room, "/make_join/")).isFalse();
        FakeRoom small = room();
        tell(small, JsonObject.of("num_joined_members", 40));
        assertThat(join(small).status()).isEqualTo(200);
    }

    @Test
    void aGuestDoesNotStayWhereTheyAreNotWelcomeWhateverAServerSays() {
        TestClient guest = TestClient.guest(federation.server("one"));
        FakeRoom room = room();
        tell(room, JsonObject.of("guest_can_join", true));
        TestClient.Answer answer =
                FederatedJoinTest.join(guest, new TestRoom(room.id.value()), "evil.test");
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(wasAsked(room, "/send_join/")).isTrue();
        assertThat(Synced.initial(guest).in("join", room.id.value())).isEmpty();
    }

    @Test
    void onlyAdministratorsJoinRoomsThatAreTooLarge() {
        FakeRoom room = room();
        for (int i = 0; i < 60; i++) {
            room.state("org.example.many", "key" + i, JsonObject.of());
        }
        TestClient.Answer answer = join(room);
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.json().string("errcode")).contains("M_RESOURCE_LIMIT_EXCEEDED");
        assertThat(evil.requests())
                .as("and leaves again")
                .anyMatch(path -> path.contains("/make_leave/" + Synced.encoded(room.id.value())));
        TestClient admin = federation.register("one", "administrator");
        federation
                .server("one")
                .database()
                .run(tx ->
                        tx.update(
                                "UPDATE accounts.account SET admin = true WHERE user_number ="
                                        + " (SELECT number FROM accounts.user_number WHERE user_id"
                                        + " = ?)",
                                admin.userId()));
        admin.logIn();
        TestClient.Answer overridden =
                FederatedJoinTest.join(admin, new TestRoom(room.id.value()), "evil.test");
        assertThat(overridden.status()).as(overridden.body()).isEqualTo(200);
    }
}
