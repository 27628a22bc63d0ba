package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.json.JsonValue;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.Signer;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What another server gets that wants its users in rooms of this one.
final class ServedJoinTest extends OneServer {
    private static final String GUEST = "@guest:fake.test";
    private static final String JOIN = "v1/make_join";
    private static final String VERSIONS = "?ver=1&ver=10&ver=11&ver=12";

    private static TestClient bob;

    @BeforeAll
    static void register() {
        bob = federation.register("one", "bob");
    }

    private static TestRoom room(JsonObject request) {
        return TestRoom.create(alice, request.with("room_version", "11"));
    }

    private static TestRoom openRoom() {
        return room(JsonObject.of("preset", "public_chat", "name", "Open"));
    }

    private static TestClient.Answer send(String method, String path, JsonObject body) {
        return fake.send(one, "one.test", method, "/_matrix/federation/" + path, body);
    }

    private static TestClient.Answer make(String step, TestRoom room, String user) {
        return send(
                "GET",
                step + "/" + Synced.encoded(room.id()) + "/" + Synced.encoded(user) + VERSIONS,
                JsonObject.of());
    }

    private static JsonObject template(String step, TestRoom room) {
        TestClient.Answer answer = make(step, room, GUEST);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().string("room_version")).contains("11");
        return answer.json().object("event").orElseThrow();
    }

    private static Event signed(JsonObject template, Signer signer) {
        return EventBuilder.sign(RoomVersion.V11, template, signer);
    }

    private static TestClient.Answer hand(String step, TestRoom room, Event event, String query) {
        return handAs(step, room, event.id(), event.json(), query);
    }

    private static TestClient.Answer handAs(
            String step, TestRoom room, EventId id, JsonObject event, String query) {
        return send(
                "PUT",
                step + "/" + Synced.encoded(room.id()) + "/" + Synced.encoded(id.value()) + query,
                event);
    }

    private static TestClient.Answer join(TestRoom room, String query) {
        return hand("v2/send_join", room, signed(template(JOIN, room), fake.signer()), query);
    }

    private static Map<EventId, Event> events(JsonObject answer, String key) {
        Map<EventId, Event> events = new HashMap<>();
        for (JsonObject json : answer.array(key).orElseThrow().objects()) {
            Event event = Event.parse(RoomVersion.V11, json);
            events.put(event.id(), event);
        }
        return events;
    }

    private static void assertRefused(TestClient.Answer answer, int status, String errcode) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().string("errcode")).contains(errcode);
    }

    @Test
    void tellsWhoJoinsTheWholeStateAndItsAuthChain() {
        TestRoom room = openRoom();
        room.join(bob);
        TestClient.Answer answer = join(room, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonObject json = answer.json();
        assertThat(json.bool("members_omitted")).contains(false);
        assertThat(json.array("servers_in_room").orElseThrow().strings())
                .containsExactly("one.test");
        Map<EventId, Event> state = events(json, "state");
        Map<EventId, Event> chain = events(json, "auth_chain");
        Event join = Event.parse(RoomVersion.V11, json.object("event").orElseThrow());
        assertThat(state.values().stream().map(Event::key).distinct().count())
                .isEqualTo(state.size());
        assertThat(state.values().stream().map(Event::stateKey))
                .contains(alice.userId(), bob.userId())
                .doesNotContain(GUEST);
        Deque<Event> open = new ArrayDeque<>(state.values());
        open.add(join);
        Set<EventId> expected = new HashSet<>();
        while (!open.isEmpty()) {
            for (EventId auth : open.remove().authEvents()) {
                if (expected.add(auth)) {
                    open.add(chain.get(auth));
                }
            }
        }
        assertThat(chain.keySet()).isEqualTo(expected);
        assertThat(alice.get(room.path("/state/m.room.member/" + GUEST)).json())
                .isEqualTo(JsonObject.of("membership", "join"));
    }

    @Test
    void leavesOutMembersAndWhatIsSaidTwiceIfAskedTo() {
        TestRoom room = openRoom();
        room.join(bob);
        JsonObject json = join(room, "?omit_members=true").json();
        assertThat(json.bool("members_omitted")).contains(true);
        assertThat(json.array("servers_in_room").orElseThrow().strings())
                .containsExactly("one.test");
        Map<EventId, Event> state = events(json, "state");
        assertThat(state.values()).noneMatch(event -> event.type().equals("m.room.member"));
        assertThat(events(json, "auth_chain").keySet()).doesNotContainAnyElementsOf(state.keySet());
    }

    @Test
    void namesTheHeroesOfARoomWithoutNameWhereMembersAreLeftOut() {
        TestRoom room = room(JsonObject.of("preset", "public_chat"));
        room.join(bob);
        JsonObject json = join(room, "?omit_members=true").json();
        assertThat(events(json, "state").values().stream().map(Event::stateKey))
                .contains(alice.userId(), bob.userId());
    }

    @Test
    void answersOlderServersAsTheyKnowIt() {
        TestRoom room = openRoom();
        Event join = signed(template(JOIN, room), fake.signer());
        TestClient.Answer answer = hand("v1/send_join", room, join, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        JsonArray array = (JsonArray) Json.parse(answer.bytes());
        assertThat(array.get(0)).isEqualTo(JsonValue.of(200));
        assertThat(events((JsonObject) array.get(1), "state")).isNotEmpty();
        Event leave = signed(template("v1/make_leave", room), fake.signer());
        assertRefused(hand("v1/send_join", room, leave, ""), 400, "M_INVALID_PARAM");
        assertThat(hand("v1/send_leave", room, leave, "").body()).isEqualTo("[200,{}]");
    }

    @Test
    void aJoinThatComesAgainIsAnsweredAgain() {
        TestRoom room = openRoom();
        Event join = signed(template(JOIN, room), fake.signer());
        TestClient.Answer first = hand("v2/send_join", room, join, "");
        room.say(alice, "between");
        TestClient.Answer second = hand("v2/send_join", room, join, "");
        assertThat(second.status()).isEqualTo(200);
        assertThat(events(second.json(), "state").keySet())
                .isEqualTo(events(first.json(), "state").keySet());
    }

    @Test
    void tellsNothingOfRoomsItIsNotInAndHelpsNobodyButTheServersOwnUsers() {
        assertRefused(make(JOIN, new TestRoom("!nowhere:one.test"), GUEST), 404, "M_NOT_FOUND");
        TestRoom room = openRoom();
        assertRefused(make(JOIN, room, "@someone:elsewhere.test"), 403, "M_FORBIDDEN");
        room.leave(alice);
        assertRefused(make(JOIN, room, GUEST), 404, "M_NOT_FOUND");
    }

    @Test
    void refusesServersThatDoNotKnowTheRoomsVersion() {
        TestRoom room = openRoom();
        for (String query : new String[] {"", "?ver=1&ver=10"}) {
            TestClient.Answer answer =
                    send(
                            "GET",
                            JOIN + "/" + Synced.encoded(room.id()) + "/" + GUEST + query,
                            JsonObject.of());
            assertRefused(answer, 400, "M_INCOMPATIBLE_ROOM_VERSION");
            assertThat(answer.json().string("room_version")).contains("11");
        }
    }

    @Test
    void refusesWhatIsNotTheJoinThatItShouldBe() {
        TestRoom room = openRoom();
        JsonObject template = template(JOIN, room);
        Signer signer = fake.signer();
        for (JsonObject lie :
                List.of(
                        JsonObject.of("sender", "@other:fake.test"),
                        JsonObject.of("state_key", "@other:fake.test"),
                        JsonObject.of("type", "m.room.topic"),
                        JsonObject.of("room_id", "!other:one.test"),
                        JsonObject.of("content", JsonObject.of("membership", "invite")),
                        JsonObject.of("content", JsonObject.of()),
                        JsonObject.of("depth", "deep"),
                        JsonObject.of("prev_events", JsonArray.of("$nothing")),
                        JsonObject.of("auth_events", JsonArray.of()),
                        JsonObject.of("sender", alice.userId(), "state_key", alice.userId()))) {
            JsonObject changed = template.toBuilder().putAll(lie).build();
            Event event;
            try {
                event = signed(changed, signer);
            } catch (RuntimeException malformed) {
                assertRefused(
                        handAs("v2/send_join", room, EventId.parse("$malformed"), changed, ""),
                        400,
                        "M_INVALID_PARAM");
                continue;
            }
            TestClient.Answer answer = hand("v2/send_join", room, event, "");
            assertThat(answer.status()).as(lie + ": " + answer.body()).isIn(400, 403);
        }
        Event join = signed(template, signer);
        assertRefused(
                handAs("v2/send_join", room, EventId.parse("$other"), join.json(), ""),
                400,
                "M_INVALID_PARAM");
        Event forged = signed(template, new FakeSigner(ServerName.parse("fake.test")));
        assertRefused(hand("v2/send_join", room, forged, ""), 400, "M_INVALID_PARAM");
        assertRefused(
                handAs(
                        "v2/send_join",
                        room,
                        join.id(),
                        join.json()
                                .with(
                                        "content",
                                        JsonObject.of("membership", "join", "displayname", "x")),
                        ""),
                400,
                "M_INVALID_PARAM");
        assertThat(alice.get(room.path("/state/m.room.member/" + GUEST)).status()).isEqualTo(404);
    }

    @Test
    void refusesWhomTheRoomRefuses() {
        TestRoom closed = room(JsonObject.of("preset", "private_chat"));
        assertRefused(make(JOIN, closed, GUEST), 403, "M_FORBIDDEN");
        TestRoom room = openRoom();
        Event join = signed(template(JOIN, room), fake.signer());
        room.setState(alice, "m.room.join_rules", "", JsonObject.of("join_rule", "invite"));
        assertRefused(hand("v2/send_join", room, join, ""), 403, "M_FORBIDDEN");
        assertThat(alice.get(room.path("/state/m.room.member/" + GUEST)).status()).isEqualTo(404);
    }

    @Test
    void letsNobodyInFromServersThatTheRoomsAclDenies() {
        TestRoom room = openRoom();
        room.setState(
                alice,
                "m.room.server_acl",
                "",
                JsonObject.of("allow", JsonArray.of("*"), "deny", JsonArray.of("fake.*")));
        assertRefused(make(JOIN, room, GUEST), 403, "M_FORBIDDEN");
        assertRefused(make("v1/make_leave", room, GUEST), 403, "M_FORBIDDEN");
    }

    @Test
    void letsMembersLeaveAndTellsWhoNeverWasThereNothing() {
        TestRoom room = openRoom();
        assertRefused(make("v1/make_leave", room, GUEST), 403, "M_FORBIDDEN");
        assertThat(join(room, "").status()).isEqualTo(200);
        Event leave = signed(template("v1/make_leave", room), fake.signer());
        assertRefused(hand("v2/send_join", room, leave, ""), 400, "M_INVALID_PARAM");
        assertThat(hand("v2/send_leave", room, leave, "").json()).isEqualTo(JsonObject.of());
        assertThat(alice.get(room.path("/state/m.room.member/" + GUEST)).json())
                .isEqualTo(JsonObject.of("membership", "leave"));
    }

    @Test
    void vouchesForWhoMayJoinBecauseOfAnotherRoom() {
        TestRoom space = openRoom();
        TestRoom room = restricted(space.id());
        assertRefused(make(JOIN, room, GUEST), 403, "M_FORBIDDEN");
        assertThat(join(space, "").status()).isEqualTo(200);
        JsonObject template = template(JOIN, room);
        assertThat(
                        template.object("content")
                                .flatMap(c -> c.string("join_authorised_via_users_server")))
                .contains(alice.userId());
        Event join = signed(template, fake.signer());
        TestClient.Answer answer = hand("v2/send_join", room, join, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(
                        answer.json()
                                .object("event")
                                .flatMap(event -> event.object("signatures"))
                                .orElseThrow()
                                .keys())
                .containsExactlyInAnyOrder("fake.test", "one.test");
    }

    private static TestRoom restricted(String... conditions) {
        TestRoom room = openRoom();
        room.setState(
                alice,
                "m.room.join_rules",
                "",
                JsonObject.of(
                        "join_rule",
                        "restricted",
                        "allow",
                        JsonArray.of(
                                Arrays.stream(conditions)
                                        .map(id ->
                                                JsonObject.of(
                                                        "type", "m.room_membership", "room_id", id))
                                        .toList())));
        return room;
    }

    @Test
    void vouchesForNobodyWhoHasLeftMeanwhileNorInAnothersName() {
        TestRoom space = openRoom();
        assertThat(join(space, "").status()).isEqualTo(200);
        TestRoom room = restricted(space.id());
        JsonObject template = template(JOIN, room);
        JsonObject content =
                JsonObject.of(
                        "membership",
                        "join",
                        "join_authorised_via_users_server",
                        "@someone:elsewhere.test");
        assertRefused(
                hand(
                        "v2/send_join",
                        room,
                        signed(template.with("content", content), fake.signer()),
                        ""),
                400,
                "M_INVALID_PARAM");
        Event leave = signed(template("v1/make_leave", space), fake.signer());
        assertThat(hand("v2/send_leave", space, leave, "").status()).isEqualTo(200);
        assertRefused(
                hand("v2/send_join", room, signed(template, fake.signer()), ""),
                403,
                "M_FORBIDDEN");
    }

    @Test
    void sendsOnWhomItCannotVouchFor() {
        TestRoom unknown = restricted("!elsewhere:elsewhere.test");
        assertRefused(make(JOIN, unknown, GUEST), 400, "M_UNABLE_TO_AUTHORISE_JOIN");
        TestRoom space = openRoom();
        assertThat(join(space, "").status()).isEqualTo(200);
        TestRoom room = restricted(space.id(), "!elsewhere:elsewhere.test");
        room.join(bob.get(space.path("/state")).status() == 200 ? bob : joined(bob, space));
        JsonObject levels = alice.get(room.path("/state/m.room.power_levels")).json();
        room.setState(alice, "m.room.power_levels", "", levels.with("invite", 60));
        room.leave(alice);
        assertRefused(make(JOIN, room, GUEST), 400, "M_UNABLE_TO_GRANT_JOIN");
    }

    private static TestClient joined(TestClient who, TestRoom room) {
        room.join(who);
        return who;
    }

    @Test
    void answersOnlyServersThatProveWhoTheyAre() {
        TestRoom room = openRoom();
        assertThat(
                        bob.get(
                                        "/_matrix/federation/v1/make_join/"
                                                + Synced.encoded(room.id())
                                                + "/"
                                                + GUEST)
                                .status())
                .isEqualTo(401);
    }
}
