package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.event.Event;
import org.valise.protocol.event.EventBuilder;
import org.valise.protocol.event.InvalidEvent;
import org.valise.protocol.id.ServerPattern;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What this server sends to others in a room, as they get it.
class FederatedTransactionsTest {
    private static final String SEND = "/_matrix/federation/v1/send/";

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestServer red;
    private static TestClient alice;
    private static Peer blue;
    private static Peer gray;
    private TestRoom room = new TestRoom("");

    /// A server that takes everything.
    private static final class Peer {
        final FakeServer server;
        final String user;
        final List<JsonObject> pdus = new CopyOnWriteArrayList<>();
        final List<JsonObject> edus = new CopyOnWriteArrayList<>();
        final List<String> transactions = new CopyOnWriteArrayList<>();

        Peer(String name) {
            server = federation.fake(name);
            user = "@zoe:" + name + ".test";
            server.on(SEND, this::take);
        }

        private synchronized FakeServer.Answer take(FakeServer.Request request) {
            transactions.add(request.path());
            pdus.addAll(request.body().array("pdus").orElseThrow().objects());
            edus.addAll(request.body().array("edus").orElse(JsonArray.of()).objects());
            return FakeServer.Answer.ok(JsonObject.of("pdus", JsonObject.of()));
        }

        void join(TestRoom room) {
            member(room, "join");
        }

        void member(TestRoom room, String membership) {
            String place = Synced.encoded(room.id()) + "/" + Synced.encoded(user);
            String make = "/_matrix/federation/v1/make_" + membership + "/" + place + "?ver=11";
            JsonObject template =
                    send("GET", make, JsonObject.of()).json().object("event").orElseThrow();
            Event event = EventBuilder.sign(RoomVersion.V11, template, server.signer());
            String path =
                    "/_matrix/federation/v2/send_%s/%s/%s"
                            .formatted(
                                    membership,
                                    Synced.encoded(room.id()),
                                    Synced.encoded(event.id().value()));
            send("PUT", path, event.json());
        }

        private TestClient.Answer send(String method, String uri, JsonObject body) {
            TestClient.Answer answer = server.send(red, "red.test", method, uri, body);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            return answer;
        }

        List<String> bodies(TestRoom room) {
            return of(room).stream()
                    .map(pdu -> pdu.object("content").orElseThrow().string("body").orElse(""))
                    .filter(body -> !body.isEmpty())
                    .toList();
        }

        List<JsonObject> of(TestRoom room) {
            return pdus.stream()
                    .filter(pdu -> pdu.string("room_id").orElse("").equals(room.id()))
                    .toList();
        }

        List<String> memberships(TestRoom room) {
            return of(room).stream()
                    .filter(pdu -> pdu.string("type").orElse("").equals("m.room.member"))
                    .map(pdu ->
                            pdu.string("state_key").orElse("")
                                    + " "
                                    + pdu.object("content")
                                            .orElseThrow()
                                            .string("membership")
                                            .orElse(""))
                    .toList();
        }

        List<JsonObject> contents(String type) {
            return edus.stream()
                    .filter(edu -> edu.string("edu_type").orElse("").equals(type))
                    .map(edu -> edu.object("content").orElseThrow())
                    .toList();
        }
    }

    @BeforeAll
    static void start() {
        federation = TestFederation.in(folder).server("red").fake("blue").fake("gray").start();
        red = federation.server("red");
        alice = federation.register("red", "alice");
        blue = new Peer("blue");
        gray = new Peer("gray");
    }

    @AfterAll
    static void stop() {
        federation.close();
    }

    @BeforeEach
    void open() {
        room = TestRoom.create(alice, JsonObject.of("preset", "public_chat", "room_version", "11"));
    }

    private void awaitBody(Peer peer, String body) {
        Waiting.untilTrue(() -> peer.bodies(room).contains(body));
    }

    @Test
    void eventsGoToTheServersInTheRoomOnceAndInOrder() {
        room.say(alice, "before");
        blue.join(room);
        for (int i = 0; i < 20; i++) {
            room.say(alice, "m" + i);
        }
        awaitBody(blue, "m19");
        assertThat(blue.bodies(room)).hasSize(20).startsWith("m0", "m1").doesNotContain("before");
        assertThat(gray.of(room)).isEmpty();
        assertThat(blue.transactions).doesNotHaveDuplicates();
        // A client's room of one server goes nowhere.
        TestRoom own = TestRoom.open(alice);
        own.say(alice, "secret");
        room.say(alice, "last");
        awaitBody(blue, "last");
        assertThat(blue.of(own)).isEmpty();
    }

    @Test
    void whoIsRemovedGetsTheirRemovalAndNothingAfterIt() {
        blue.join(room);
        gray.join(room);
        room.say(alice, "hello");
        awaitBody(blue, "hello");
        alice.post(room.path("/kick"), JsonObject.of("user_id", blue.user));
        Waiting.untilTrue(() -> blue.memberships(room).contains(blue.user + " leave"));
        room.say(alice, "without blue");
        awaitBody(gray, "without blue");
        TestRoom other = room;
        open();
        blue.join(room);
        room.say(alice, "another room");
        awaitBody(blue, "another room");
        assertThat(blue.bodies(other)).doesNotContain("without blue");
    }

    @Test
    void whoJoinsOrLeavesThroughThisServerIsToldToTheOthersFromHere() {
        blue.join(room);
        gray.join(room);
        Waiting.untilTrue(() -> blue.memberships(room).contains(gray.user + " join"));
        gray.member(room, "leave");
        Waiting.untilTrue(() -> blue.memberships(room).contains(gray.user + " leave"));
        room.say(alice, "end");
        awaitBody(blue, "end");
        // What a server has sent itself it is not sent.
        assertThat(blue.memberships(room)).noneMatch(member -> member.startsWith(blue.user));
        assertThat(gray.memberships(room)).noneMatch(member -> member.startsWith(gray.user));
    }

    @Test
    void whoIsUninvitedLearnsOfIt() {
        gray.server.on(
                "/_matrix/federation/v2/invite/",
                request -> {
                    JsonObject invite = request.body().object("event").orElseThrow();
                    Event signed = signedByGray(invite);
                    return FakeServer.Answer.ok(JsonObject.of("event", signed.json()));
                });
        alice.post(room.path("/invite"), JsonObject.of("user_id", gray.user));
        alice.post(room.path("/kick"), JsonObject.of("user_id", gray.user));
        Waiting.untilTrue(() -> gray.memberships(room).contains(gray.user + " leave"));
    }

    private static Event signedByGray(JsonObject invite) {
        try {
            return Event.parse(RoomVersion.V11, invite).signedAlsoBy(gray.server.signer());
        } catch (InvalidEvent e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatWasSaidDuringAnOutageComesAfterItFromWhoeverIsStartedAgain() {
        blue.join(room);
        room.say(alice, "first");
        awaitBody(blue, "first");
        blue.server.on(SEND, request -> FakeServer.Answer.refusal(503, "M_UNKNOWN"));
        for (int i = 0; i < 60; i++) {
            room.say(alice, "m" + i);
        }
        federation.crash("red");
        blue.server.on(SEND, blue::take);
        federation.start("red");
        awaitBody(blue, "m59");
        assertThat(blue.bodies(room)).contains("m59", "m20", "m10").hasSizeGreaterThan(50);
        room.say(alice, "after");
        awaitBody(blue, "after");
    }

    @Test
    void aServerThatSendsSomethingIsTriedAgainAtOnce() {
        blue.join(room);
        room.say(alice, "first");
        awaitBody(blue, "first");
        blue.server.on(SEND, request -> FakeServer.Answer.refusal(503, "M_UNKNOWN"));
        int before = blue.server.requests().size();
        room.say(alice, "unheard");
        Waiting.untilTrue(() -> blue.server.requests().size() > before + 4);
        blue.server.on(SEND, blue::take);
        blue.send(
                "GET",
                "/_matrix/federation/v1/query/profile?user_id=" + Synced.encoded(alice.userId()),
                JsonObject.of());
        awaitBody(blue, "unheard");
    }

    @Test
    void whoMayNotFederateGetsNothingUntilTheyMay() {
        blue.join(room);
        ServerPattern pattern = new ServerPattern("blue.test");
        red.peers().deny(pattern, "test");
        room.say(alice, "unheard");
        gray.join(room);
        room.say(alice, "to gray");
        awaitBody(gray, "to gray");
        assertThat(blue.bodies(room)).isEmpty();
        red.peers().forget(pattern, "test");
        room.say(alice, "again");
        awaitBody(blue, "again");
        assertThat(blue.bodies(room)).containsExactly("unheard", "to gray", "again");
    }

    @Test
    void typingReceiptsAndPresenceGoToTheServersConcerned() {
        blue.join(room);
        TestRoom own = TestRoom.open(alice);
        String read = room.say(alice, "hello");
        for (TestRoom each : List.of(own, room)) {
            alice.send(
                    "PUT",
                    each.path("/typing/" + Synced.encoded(alice.userId())),
                    JsonObject.of("typing", true, "timeout", 30_000));
            alice.send(
                    "PUT",
                    each.path("/typing/" + Synced.encoded(alice.userId())),
                    JsonObject.of("typing", false));
        }
        String secret = own.say(alice, "secret");
        own.read(alice, secret, "m.read", JsonObject.of());
        room.read(alice, read, "m.read.private", JsonObject.of());
        room.read(alice, read, "m.read", JsonObject.of("thread_id", "main"));
        alice.send(
                "PUT",
                "/_matrix/client/v3/presence/" + Synced.encoded(alice.userId()) + "/status",
                JsonObject.of("presence", "online", "status_msg", "at work"));
        JsonObject typing =
                JsonObject.of("room_id", room.id(), "user_id", alice.userId(), "typing", false);
        Waiting.untilTrue(() -> blue.contents("m.typing").contains(typing));
        Waiting.untilTrue(() -> !receipts().isEmpty());
        JsonObject receipt =
                receipts()
                        .getFirst()
                        .object("m.read")
                        .flatMap(each -> each.object(alice.userId()))
                        .orElseThrow();
        assertThat(receipt.array("event_ids").orElseThrow().strings()).containsExactly(read);
        assertThat(receipt.object("data").orElseThrow().string("thread_id")).contains("main");
        Waiting.untilTrue(() -> blue.contents("m.presence").toString().contains("at work"));
        assertThat(blue.edus.toString()).doesNotContain(own.id()).doesNotContain("private");
    }

    @Test
    void aServerThatComesIntoARoomIsToldWhoIsThere() {
        TestClient vera = federation.register("red", "vera");
        room.join(vera);
        vera.send(
                "PUT",
                "/_matrix/client/v3/presence/" + Synced.encoded(vera.userId()) + "/status",
                JsonObject.of("presence", "online", "status_msg", "in the tower"));
        blue.join(room);
        Waiting.untilTrue(() -> blue.contents("m.presence").toString().contains("in the tower"));
        // Who comes is introduced to the servers that are there.
        TestClient wim = federation.register("red", "wim");
        wim.send(
                "PUT",
                "/_matrix/client/v3/presence/" + Synced.encoded(wim.userId()) + "/status",
                JsonObject.of("presence", "online", "status_msg", "in the garden"));
        assertThat(blue.contents("m.presence").toString()).doesNotContain("in the garden");
        room.join(wim);
        Waiting.untilTrue(() -> blue.contents("m.presence").toString().contains("in the garden"));
    }

    @Test
    void metricsShowHowOthersTakeWhatTheyAreSentAndNameNobody() throws Exception {
        blue.join(room);
        room.say(alice, "counted");
        awaitBody(blue, "counted");
        String metrics = red.metrics();
        assertThat(metrics)
                .containsPattern("valise_federation_destinations\\{state=\"up\"} [1-9]")
                .containsPattern("_transactions_sent_total\\{outcome=\"delivered\"} [1-9]")
                .containsPattern("valise_federation_pdus_sent_total [1-9]")
                .contains("valise_federation_transactions_received_total{outcome=\"taken\"}")
                .contains("valise_federation_inbox_items{state=\"waiting\"} 0")
                .doesNotContain("blue");
        String described = Files.readString(Path.of("../docs/metrics.md"));
        for (String line : metrics.lines().filter(each -> each.startsWith("# TYPE ")).toList()) {
            assertThat(described).contains("`" + line.split(" ")[2] + "`");
        }
    }

    private List<JsonObject> receipts() {
        return blue.contents("m.receipt").stream()
                .flatMap(content -> content.object(room.id()).stream())
                .toList();
    }
}
