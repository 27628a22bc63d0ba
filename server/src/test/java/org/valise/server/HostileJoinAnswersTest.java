package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/// A server that lies about the rooms that one joins through it.
final class HostileJoinAnswersTest extends OneServer {
    private static final UserId STRANGER = UserId.parse("@stranger:silent.test");
    private static final AtomicInteger ROOMS = new AtomicInteger();

    private static FakeRoom room(RoomVersion version) {
        FakeRoom room = new FakeRoom(fake.signer(), version, "room" + ROOMS.incrementAndGet());
        room.serveJoins(fake);
        return room;
    }

    private static FakeRoom room() {
        return room(RoomVersion.V11);
    }

    /// What is answered to `/send_join`, made from what an honest server would say.
    private static void lie(FakeRoom room, UnaryOperator<JsonObject> lie) {
        fake.on(
                "/_matrix/federation/v2/send_join/" + Synced.encoded(room.id.value()),
                request -> Answer.ok(lie.apply(room.sendJoin(request.body()))));
    }

    private static void lieInTheTemplate(FakeRoom room, UnaryOperator<JsonObject> lie) {
        fake.on(
                "/_matrix/federation/v1/make_join/" + Synced.encoded(room.id.value()),
                request -> Answer.ok(lie.apply(room.makeJoin(alice.userId()))));
    }

    private static void assertNotBelieved(FakeRoom room) {
        TestClient.Answer answer = enter(room);
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
        room.serveJoins(fake);
        TestClient.Answer honest = enter(room);
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
        TestClient.Answer answer = enter(room);
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
                        JsonObject.of("room_id", "!other:fake.test"),
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
            int before = fake.requests().size();
            TestClient.Answer answer = enter(room);
            assertThat(answer.status()).as(lie + ": " + answer.body()).isEqualTo(502);
            assertThat(fake.requests().subList(before, fake.requests().size()))
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
                                        .with("more", "yes")
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
        assertThat(enter(room).status()).isEqualTo(200);
        assertThat(sent.getFirst().has("more")).isFalse();
        assertThat(sent.getFirst().object("content").orElseThrow())
                .isEqualTo(JsonObject.of("membership", "join"));
    }

    @Test
    void refusesAnUnknownVersionOfTheRoom() {
        FakeRoom room = room();
        lieInTheTemplate(room, honest -> honest.with("room_version", "org.fake.99"));
        assertThat(enter(room).status()).isEqualTo(502);
    }

    @Test
    void refusesACreateEventOfAnotherVersion() {
        FakeRoom room = room(RoomVersion.V11);
        lieInTheTemplate(room, honest -> honest.with("room_version", "10"));
        assertNotBelieved(room);
    }

    @Test
    void refusesARoomWhoseIdBelongsToAnotherServer() {
        FakeRoom room = new FakeRoom(fake.signer(), RoomVersion.V11, "mine");
        FakeRoom stolen =
                new FakeRoom(
                        new FakeSigner(ServerName.parse("fake.test")), RoomVersion.V11, "stolen");
        stolen.serveJoins(fake);
        assertThat(enter(stolen).status()).as("signed with another key").isEqualTo(502);
        fake.on(
                "/_matrix/federation/v1/make_join/" + Synced.encoded("!x:silent.test"),
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
                                                        .with("room_id", "!x:silent.test"))));
        fake.on(
                "/_matrix/federation/v2/send_join/" + Synced.encoded("!x:silent.test"),
                request -> Answer.ok(room.sendJoin(request.body())));
        assertThat(
                        FederatedJoinTest.join(alice, new TestRoom("!x:silent.test"), "fake.test")
                                .status())
                .isEqualTo(502);
    }

    @Test
    void refusesAnotherCreateEventThanTheRoomsInVersion12() {
        FakeRoom room = room(RoomVersion.V12);
        FakeRoom other = new FakeRoom(fake.signer(), RoomVersion.V12, "other");
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
                        new FakeSigner(ServerName.parse("fake.test")));
        lie(room, honest -> honest.with("state", with(honest, "state", forged.json())));
        assertLeftOut(room);
    }

    /// The user is in, and the room has no topic.
    private static void assertLeftOut(FakeRoom room) {
        TestClient.Answer answer = enter(room);
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
                                fake.signer())
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
                        fake.signer());
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
        TestClient.Answer answer = enter(room);
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
                        fake.signer());
        lie(room, honest -> honest.with("state", with(honest, "state", other.json())));
        assertNotBelieved(room);
    }

    @Test
    void leavesOutWhatIsNotAllowed() {
        FakeRoom room = room();
        Event power =
                room.made(
                        UserId.parse("@nobody:fake.test"),
                        "m.room.topic",
                        "",
                        JsonObject.of("topic", "mine"),
                        fake.signer());
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
                        fake.signer());
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
                        fake.signer());
        lie(room, honest -> honest.with("state", JsonArray.of()));
        assertThat(enter(room).status()).isEqualTo(502);
        lie(room, honest -> honest.with("members_omitted", true));
        assertThat(enter(room).status()).isEqualTo(502);
        lie(room, honest -> honest.with("state", "none"));
        assertThat(enter(room).status()).isEqualTo(502);
        lie(room, honest -> honest.without("state"));
        assertThat(enter(room).status()).isEqualTo(502);
        lie(room, honest -> honest.with("state", with(honest, "state", message.json())));
        assertNotBelieved(room);
    }

    @Test
    void refusesWhatIsNoJsonAndWhatEndsTooSoon() {
        FakeRoom room = room();
        String path = "/_matrix/federation/v2/send_join/" + Synced.encoded(room.id.value());
        for (String body : new String[] {"", "[]", "{\"state\":[", "{\"state\":[{}]}", "{\"a\""}) {
            fake.on(path, request -> new Answer(200, body.getBytes()));
            assertThat(enter(room).status()).as(body).isEqualTo(502);
        }
        assertNotBelieved(room);
    }
}
