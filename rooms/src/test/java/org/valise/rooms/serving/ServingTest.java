package org.valise.rooms.serving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.event.Event;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.rooms.RemoteServer;
import org.valise.rooms.RoomsServer;
import org.valise.rooms.RoomsServer.Answer;
import org.valise.rooms.RoomsServer.User;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What another server is answered that reads a room of this one.
class ServingTest {
    private static RoomsServer server;
    private static User alice;
    private static RemoteServer remote;
    private static RemoteServer stranger;

    @BeforeAll
    static void start() {
        server = RoomsServer.start();
        alice = server.register("alice");
        remote = new RemoteServer(server, "remote.example");
        stranger = new RemoteServer(server, "stranger.example:8448");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// A room in which users of the other server came and went.
    private static final class Told {
        final String room;
        final Map<String, String> said = new LinkedHashMap<>();
        final String displayed;
        final String topic;

        Told(String visibility) {
            room =
                    server.room(
                            alice,
                            RoomsServer.withHistory("public_chat", visibility)
                                    .with("topic", "the first topic"));
            displayed = aliceIs("Alice in the beginning");
            say("before");
            remote.invite(alice, room, "bob");
            say("invited");
            remote.join("bob", room);
            say("joined");
            remote.leave("bob", room);
            say("away");
            topic =
                    server.setState(
                            alice, room, "m.room.topic", JsonObject.of("topic", "the second"));
            aliceIs("Alice later");
            server.setState(alice, room, "m.room.topic", JsonObject.of("topic", "the third"));
            say("still away");
            remote.join("carol", room);
            say("back");
        }

        private String aliceIs(String name) {
            return server.setState(
                    alice,
                    room,
                    "m.room.member/" + alice.id(),
                    JsonObject.of("membership", "join", "displayname", name));
        }

        private void say(String text) {
            said.put(text, server.say(alice, room, text));
        }

        /// What of it was said to the other server's users.
        Set<String> seen(String visibility) {
            return switch (visibility) {
                case "joined" -> Set.of("joined", "back");
                case "invited" -> Set.of("invited", "joined", "back");
                default -> said.keySet();
            };
        }
    }

    private static Optional<String> body(JsonObject pdu) {
        return pdu.object("content").orElseThrow().string("body");
    }

    private static Set<String> bodies(List<JsonObject> pdus) {
        Set<String> bodies = new HashSet<>();
        pdus.forEach(pdu -> body(pdu).ifPresent(bodies::add));
        return bodies;
    }

    private static Optional<JsonObject> withContent(List<JsonObject> pdus, String text) {
        return pdus.stream().filter(pdu -> pdu.toString().contains(text)).findFirst();
    }

    private static String missing(String earliest, String latest, int limit) {
        return JsonObject.of(
                        "earliest_events",
                        JsonArray.of(earliest),
                        "latest_events",
                        JsonArray.of(latest),
                        "limit",
                        limit)
                .toString();
    }

    private static List<JsonObject> missing(
            RemoteServer asking, String room, String earliest, String latest, int limit) {
        return server.asServer(
                        asking.server().value(),
                        "POST",
                        "/_matrix/federation/v1/get_missing_events/" + room,
                        missing(earliest, latest, limit))
                .list("events");
    }

    @ParameterizedTest
    @ValueSource(strings = {"world_readable", "shared", "invited", "joined", "odd"})
    void redactsWhatTheServersUsersCouldNotSee(String visibility) {
        Told told = new Told(visibility);
        Set<String> seen = told.seen(visibility);
        String last = told.said.get("back");
        List<JsonObject> backfilled =
                remote.get("/backfill/" + told.room + "?limit=100&v=" + last).list("pdus");
        assertThat(backfilled).hasSizeGreaterThan(15);
        assertThat(bodies(backfilled)).isEqualTo(seen);
        assertThat(bodies(missing(remote, told.room, "$none", last, 20)))
                .isEqualTo(without(seen, "back"));
        told.said.forEach((text, event) -> {
            JsonObject pdu = remote.get("/event/" + event).list("pdus").getFirst();
            assertThat(body(pdu)).isEqualTo(Optional.of(text).filter(seen::contains));
            // What is left is what the event is judged by.
            assertThat(pdu.keys()).contains("hashes", "signatures", "auth_events", "prev_events");
        });
    }

    private static Set<String> without(Set<String> texts, String one) {
        Set<String> rest = new HashSet<>(texts);
        rest.remove(one);
        return rest;
    }

    @ParameterizedTest
    @ValueSource(strings = {"world_readable", "shared", "invited", "joined"})
    void redactsStatesAndAuthChainsOfWhatTheServersUsersCouldNotSee(String visibility) {
        Told told = new Told(visibility);
        boolean open = !visibility.equals("invited") && !visibility.equals("joined");
        JsonObject away = remote.get("/state/" + told.room + "?event_id=" + told.topic).ok();
        List<JsonObject> pdus = away.array("pdus").orElseThrow().objects();
        assertThat(withContent(pdus, "the first topic").isPresent()).isEqualTo(open);
        assertThat(withContent(pdus, "Alice in the beginning").isPresent()).isEqualTo(open);
        // Everybody is judged by these, and they are the present ones.
        assertThat(withContent(pdus, "\"users_default\"")).isPresent();
        List<JsonObject> chain =
                remote.get("/event_auth/" + told.room + "/" + told.said.get("away"))
                        .list("auth_chain");
        assertThat(withContent(chain, "Alice in the beginning").isPresent()).isEqualTo(open);
        assertThat(withContent(chain, "m.room.create")).isPresent();
        // They were there: what was the state then is theirs to read.
        JsonObject joined =
                remote.get("/state/" + told.room + "?event_id=" + told.said.get("joined")).ok();
        assertThat(withContent(joined.array("pdus").orElseThrow().objects(), "the first topic"))
                .isPresent();
    }

    @Test
    void tellsTheStateBeforeAnEventAndItsAuthChain() {
        String room = server.publicRoom(alice);
        remote.join("bob", room);
        String topic = server.setState(alice, room, "m.room.topic", JsonObject.of("topic", "new"));
        String after = server.say(alice, room, "after");
        for (String event : List.of(topic, after)) {
            JsonObject whole = remote.get("/state/" + room + "?event_id=" + event).ok();
            JsonObject ids = remote.get("/state_ids/" + room + "?event_id=" + event).ok();
            List<String> pdus = ids.array("pdu_ids").orElseThrow().strings();
            assertThat(pdus.contains(topic)).isEqualTo(event.equals(after));
            assertThat(pdus).doesNotHaveDuplicates();
            assertThat(ids(whole.array("pdus").orElseThrow())).containsExactlyElementsOf(pdus);
            List<String> chain = ids.array("auth_chain_ids").orElseThrow().strings();
            assertThat(chain).doesNotHaveDuplicates().isNotEmpty();
            assertThat(ids(whole.array("auth_chain").orElseThrow()))
                    .containsExactlyElementsOf(chain);
        }
    }

    private static List<String> ids(JsonArray pdus) {
        List<String> ids = new ArrayList<>();
        pdus.objects().forEach(pdu -> ids.add(Event.parse(RoomVersion.DEFAULT, pdu).id().value()));
        return ids;
    }

    @Test
    void sendsStatesOfAnySize() {
        String room = server.publicRoom(alice);
        remote.join("bob", room);
        for (int i = 0; i < 1_100; i++) {
            server.setState(alice, room, "test.state/" + i, JsonObject.of("i", i));
        }
        String last = server.say(alice, room, "last");
        JsonObject state = remote.get("/state/" + room + "?event_id=" + last).ok();
        long found =
                state.array("pdus").orElseThrow().objects().stream()
                        .filter(pdu -> pdu.string("type").equals(Optional.of("test.state")))
                        .map(pdu -> pdu.string("state_key"))
                        .distinct()
                        .count();
        assertThat(found).isEqualTo(1_100);
    }

    @Test
    void givesAtMostWhatIsAskedForTheNearestFirst() {
        String room = server.publicRoom(alice);
        remote.join("bob", room);
        List<String> said = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            said.add(server.say(alice, room, "m" + i));
        }
        String backfill = "/backfill/" + room + "?v=" + said.getLast();
        List<JsonObject> three = remote.get(backfill + "&limit=3").list("pdus");
        assertThat(bodies(three)).containsExactlyInAnyOrder("m129", "m128", "m127");
        assertThat(remote.get(backfill + "&limit=1000").list("pdus")).hasSize(100);
        assertThat(remote.get(backfill + "&limit=-4").list("pdus")).hasSize(1);
        // The furthest back come first, as they are taken in.
        assertThat(missing(remote, room, said.get(120), said.get(124), 20))
                .extracting(pdu -> body(pdu).orElseThrow())
                .containsExactly("m121", "m122", "m123");
        assertThat(missing(remote, room, "$x", said.getLast(), 1_000)).hasSize(20);
        assertThat(missing(remote, room, "$x", said.getLast(), 2))
                .extracting(pdu -> body(pdu).orElseThrow())
                .containsExactly("m127", "m128");
        long depth = three.getLast().integer("depth").orElseThrow();
        JsonObject shallow =
                JsonObject.of(
                        "earliest_events",
                        JsonArray.of(),
                        "latest_events",
                        JsonArray.of(said.getLast()),
                        "min_depth",
                        depth);
        assertThat(remote.post("/get_missing_events/" + room, shallow).list("events")).hasSize(2);
    }

    @Test
    void tellsStrangersNothing() {
        String room = server.publicRoom(alice);
        String event = server.say(alice, room, "secret");
        refuses(stranger, room, event);
        stranger.join("eve", room);
        assertThat(stranger.get("/event/" + event).status()).isEqualTo(200);
        stranger.leave("eve", room);
        refuses(stranger, room, event);
    }

    /// The same answers as for a room and an event that do not exist.
    private static void refuses(RemoteServer asking, String room, String event) {
        List<Answer> refused = answers(asking, room, event);
        assertThat(refused).extracting(Answer::status).containsOnly(403);
        assertThat(refused).isEqualTo(answers(asking, "!nothing:example.org", event));
        Answer found = asking.get("/event/" + event);
        assertThat(found.refusal()).isEqualTo("404 M_NOT_FOUND");
        String nothing = "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assertThat(found.toString())
                .isEqualTo(asking.get("/event/" + nothing).toString().replace(nothing, event));
    }

    private static List<Answer> answers(RemoteServer asking, String room, String event) {
        return List.of(
                asking.get("/backfill/" + room + "?limit=10&v=" + event),
                server.asServer(
                        asking.server().value(),
                        "POST",
                        "/_matrix/federation/v1/get_missing_events/" + room,
                        missing("$x", event, 10)),
                asking.get("/state/" + room + "?event_id=" + event),
                asking.get("/state_ids/" + room + "?event_id=" + event),
                asking.get("/event_auth/" + room + "/" + event),
                asking.get("/timestamp_to_event/" + room + "?dir=b&ts=9999999999999"));
    }

    @Test
    void tellsWhomTheAccessControlListDeniesNothing() {
        String room = server.publicRoom(alice);
        stranger.join("eve", room);
        String event = server.say(alice, room, "hello");
        assertThat(answers(stranger, room, event)).extracting(Answer::status).containsOnly(200);
        server.setState(
                alice,
                room,
                "m.room.server_acl",
                JsonObject.of(
                        "allow", JsonArray.of("*"), "deny", JsonArray.of("STRANGER.example")));
        refuses(stranger, room, event);
    }

    @Test
    void tellsNothingOfRoomsThatNobodyHereIsInAnyMore() {
        User dave = server.register("dave");
        String room = server.publicRoom(dave);
        remote.join("bob", room);
        String event = server.say(dave, room, "farewell");
        assertThat(answers(remote, room, event)).extracting(Answer::status).containsOnly(200);
        server.leave(dave, room);
        refuses(remote, room, event);
    }

    @Test
    void tellsNothingOfOtherRoomsThroughOneThatTheServerIsIn() {
        String room = server.publicRoom(alice);
        remote.join("bob", room);
        String secret = server.say(alice, server.publicRoom(alice), "secret");
        assertThat(remote.get("/backfill/" + room + "?limit=10&v=" + secret).list("pdus"))
                .isEmpty();
        assertThat(missing(remote, room, "$x", secret, 10)).isEmpty();
        for (String path :
                List.of(
                        "/state/" + room + "?event_id=" + secret,
                        "/state_ids/" + room + "?event_id=" + secret,
                        "/event_auth/" + room + "/" + secret,
                        "/event/" + secret)) {
            assertThat(remote.get(path).refusal()).as(path).isEqualTo("404 M_NOT_FOUND");
        }
    }

    @Test
    void findsTheEventClosestToAMomentThatTheServersUsersMaySee() {
        Told told = new Told("joined");
        String path = "/timestamp_to_event/" + told.room;
        assertThat(remote.get(path + "?dir=b&ts=9999999999999").ok().string("event_id"))
                .contains(told.said.get("back"));
        JsonObject away = remote.get("/event/" + told.said.get("away")).list("pdus").getFirst();
        long ts = away.integer("origin_server_ts").orElseThrow();
        // What was said while they were away is passed over.
        String next = remote.get(path + "?dir=f&ts=" + ts).ok().string("event_id").orElseThrow();
        assertThat(told.said).doesNotContainEntry("away", next);
        assertThat(told.said).doesNotContainEntry("still away", next);
        assertThat(remote.get(path + "?dir=b&ts=5").refusal()).isEqualTo("404 M_NOT_FOUND");
    }

    /// *Any users (or servers) which join the room after the erasure request are served redacted
    /// copies.*
    @Test
    void whatWasErasedStaysWithTheServersThatWereThere() {
        User eve = server.register("eve");
        String room = server.publicRoom(alice);
        remote.join("bob", room);
        server.join(eve, room);
        String event = server.say(eve, room, "regretted");
        server.post(
                        eve,
                        "/account/deactivate",
                        JsonObject.of(
                                "erase",
                                true,
                                "auth",
                                JsonObject.of(
                                        "type",
                                        "m.login.password",
                                        "user",
                                        eve.id(),
                                        "password",
                                        RoomsServer.PASSWORD)))
                .ok();
        stranger.join("mallory", room);
        assertThat(bodies(remote.get("/event/" + event).list("pdus"))).contains("regretted");
        assertThat(bodies(stranger.get("/event/" + event).list("pdus"))).isEmpty();
        assertThat(bodies(stranger.get("/backfill/" + room + "?v=" + event).list("pdus")))
                .isEmpty();
    }

    /// In this room version redaction takes `invite` from power levels: servers that were given
    /// such a copy would let in what the others do not.
    @Test
    void whatOthersAreAuthorizedByIsNeverRedacted() {
        String room =
                server.room(
                        alice,
                        JsonObject.of(
                                "room_version",
                                "10",
                                "preset",
                                "public_chat",
                                "power_level_content_override",
                                JsonObject.of("invite", 37),
                                "initial_state",
                                JsonArray.of(
                                        JsonObject.of(
                                                "type",
                                                "m.room.history_visibility",
                                                "content",
                                                JsonObject.of("history_visibility", "joined")))));
        String before = server.say(alice, room, "before");
        JsonObject levels = server.get(alice, "/rooms/" + room + "/state/m.room.power_levels").ok();
        server.setState(alice, room, "m.room.power_levels", levels.with("invite", 38));
        remote.join("bob", room);
        assertThat(remote.get("/event/" + before).toString()).doesNotContain("\"before\"");
        assertThat(remote.get("/event_auth/" + room + "/" + before).toString())
                .contains("\"invite\":37");
    }

    @Test
    void knowsNoOtherQueries() {
        assertThat(remote.get("/query/anything").refusal()).isEqualTo("404 M_UNRECOGNIZED");
    }
}
