package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.EventId;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.server.FakeServer.Answer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// A server that may federate and has users in a room: what it cannot do to others.
class HostilePeerTest {
    private static final String MISSING = "/_matrix/federation/v1/get_missing_events/";
    private static final int MOST_IN_A_TRANSACTION = 50;
    private static final long DEEPEST = (1L << 53) - 1;
    private static final AtomicInteger TRANSACTIONS = new AtomicInteger();

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestServer one;
    private static FakeServer fake;
    private static FakeServer other;
    private static TestClient alice;

    private final UserId mallory = UserId.parse("@mallory:fake.test");
    private final UserId oscar = UserId.parse("@oscar:other.test");
    private TestRoom room;
    private SeenRoom seen;
    private Synced before;

    @BeforeAll
    static void start() {
        int[] ports = {FakeServer.freePort(), FakeServer.freePort()};
        String addresses =
                "fake.test=127.0.0.1:%d,other.test=127.0.0.1:%d".formatted(ports[0], ports[1]);
        federation =
                TestFederation.in(folder)
                        .server("one", Map.of("federation.addresses", addresses))
                        .start();
        one = federation.server("one");
        fake = new FakeServer(federation.authority(), "fake.test", ports[0]);
        other = new FakeServer(federation.authority(), "other.test", ports[1]);
        alice = federation.register("one", "alice");
    }

    @AfterAll
    static void stop() {
        Stream.of(fake, other).forEach(FakeServer::close);
        federation.close();
    }

    /// A room of Alice's that Mallory and Oscar, of two other servers, have joined.
    @BeforeEach
    void join() {
        fake.on(MISSING, request -> Answer.refusal(404, "M_NOT_FOUND"));
        room = TestRoom.open(alice);
        send(fake, List.of(seen(fake).join(mallory)));
        awaitMember(mallory);
        send(other, List.of(seen(other).join(oscar)));
        awaitMember(oscar);
        seen = seen(fake);
        before = Synced.initial(alice);
    }

    private SeenRoom seen(FakeServer by) {
        return SeenRoom.of(by, one, room.id());
    }

    private static void send(FakeServer from, List<Event> events) {
        sendJson(from, events.stream().map(Event::json).toList());
    }

    private static void sendJson(FakeServer from, List<JsonObject> pdus) {
        for (int at = 0; at < pdus.size(); at += MOST_IN_A_TRANSACTION) {
            List<JsonObject> some =
                    pdus.subList(at, Math.min(pdus.size(), at + MOST_IN_A_TRANSACTION));
            TestClient.Answer answer =
                    from.send(
                            one,
                            "one.test",
                            "PUT",
                            "/_matrix/federation/v1/send/h" + TRANSACTIONS.incrementAndGet(),
                            JsonObject.of(
                                    "origin",
                                    from.name().value(),
                                    "origin_server_ts",
                                    System.currentTimeMillis(),
                                    "pdus",
                                    JsonArray.of(some)));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
    }

    private void awaitMember(UserId user) {
        Waiting.untilTrue(() ->
                alice.get(room.path("/state/m.room.member/" + Synced.encoded(user.value())))
                                .status()
                        == 200);
    }

    /// The bodies of the messages that came since the test began, once the last one is there.
    private List<String> bodiesUntil(String last) {
        List<String> bodies = new ArrayList<>();
        Waiting.untilTrue(() -> {
            before = before.next(alice);
            before.in("join", room.id()).ifPresent(joined -> bodies.addAll(joined.bodies()));
            return bodies.contains(last);
        });
        return bodies;
    }

    /// What became of an event; -1: nothing yet.
    private static int status(Event event) {
        return one.database()
                .read(tx ->
                        tx.one(
                                        "SELECT status FROM rooms.event WHERE event_id = ?",
                                        row -> row.getInt(1),
                                        event.id().value())
                                .orElse(-1));
    }

    private static boolean isSoftFailed(Event event) {
        return status(event) == 1;
    }

    private int extremities() {
        return one.database()
                .read(tx ->
                        tx.only(
                                """
                                SELECT cardinality(h.extremities) FROM rooms.head h
                                JOIN rooms.room r ON r.number = h.room
                                WHERE r.room_id = ? ORDER BY h.version DESC LIMIT 1
                                """,
                                row -> row.getInt(1),
                                room.id()));
    }

    @Test
    void branchesARoomUpToABoundAndTheRoomGoesOn() {
        Event parent = seen.last();
        List<Event> branches = new ArrayList<>();
        for (int i = 0; i < 520; i++) {
            seen.follow(parent);
            JsonObject named = JsonObject.of("membership", "join", "displayname", "M" + i);
            branches.add(
                    seen.draft(mallory, "m.room.member", mallory.value(), named)
                            .sign(fake.signer()));
        }
        send(fake, branches);
        Waiting.untilTrue(() -> branches.stream().noneMatch(branch -> status(branch) < 0));
        assertThat(extremities()).isEqualTo(500);
        assertThat(branches.stream().filter(HostilePeerTest::isSoftFailed)).hasSize(20);
        send(other, List.of(seen(other).say(oscar, "still here")));
        assertThat(bodiesUntil("still here")).containsExactly("still here");
        room.say(alice, "so am I");
        assertThat(extremities()).isLessThan(490);
    }

    @Test
    void whatClaimsToBeVeryDeepOrOldMovesNobody() {
        Event deep =
                seen.draft(mallory, "m.room.message", null, JsonObject.of("body", "deep"))
                        .depth(DEEPEST)
                        .originServerTs(1)
                        .sign(fake.signer());
        send(fake, List.of(deep));
        bodiesUntil("deep");
        room.say(alice, "after it");
        Event further =
                seen(other)
                        .draft(oscar, "m.room.message", null, JsonObject.of("body", "further"))
                        .depth(DEEPEST)
                        .sign(other.signer());
        send(other, List.of(further));
        assertThat(bodiesUntil("further")).containsExactly("after it", "further");
    }

    /// "When verifying signatures of events in room version 5 and later: the keys must be valid at
    /// the event's `origin_server_ts`."
    @Test
    void whatIsSignedForTheFarFutureHasNoValidKey() {
        Event early =
                seen.draft(mallory, "m.room.message", null, JsonObject.of("body", "too early"))
                        .originServerTs(Instant.parse("2200-01-01T00:00:00Z").toEpochMilli())
                        .sign(fake.signer());
        send(fake, List.of(early));
        send(other, List.of(seen(other).say(oscar, "in time")));
        assertThat(bodiesUntil("in time")).containsExactly("in time");
        assertThat(status(early)).isLessThan(0);
    }

    @Test
    void whatAServerSaysBesideAnEventIsNotShown() {
        Event said = seen.say(mallory, "plain");
        JsonObject beside =
                JsonObject.of(
                        "age",
                        1_000_000_000,
                        "transaction_id",
                        "theirs",
                        "membership",
                        "ban",
                        "org.example.evil",
                        true,
                        "redacted_because",
                        JsonObject.of("type", "m.room.redaction"));
        sendJson(fake, List.of(said.json().with("unsigned", beside)));
        bodiesUntil("plain");
        JsonObject unsigned =
                alice.get(room.path("/event/" + said.id().value()))
                        .json()
                        .object("unsigned")
                        .orElseThrow();
        assertThat(unsigned.keys()).containsOnly("age", "membership");
        assertThat(unsigned.string("membership")).contains("join");
        assertThat(unsigned.integer("age").orElseThrow()).isLessThan(600_000L);
    }

    private void setPower(int level) {
        room.setState(
                alice,
                "m.room.power_levels",
                "",
                JsonObject.of("state_default", 50, "users", JsonObject.of(mallory.value(), level)));
    }

    @Test
    void aStateEventThatFailedSoftlyIsSeenOnceTheRoomsStateHasIt() {
        setPower(50);
        Event topic =
                seen(fake)
                        .draft(mallory, "m.room.topic", "", JsonObject.of("topic", "hers"))
                        .sign(fake.signer());
        setPower(0);
        send(fake, List.of(topic));
        Waiting.untilTrue(() -> isSoftFailed(topic));
        assertThat(alice.get(room.path("/state/m.room.topic")).status()).isEqualTo(404);
        before = Synced.initial(alice);
        assertThat(before.json().toString()).doesNotContain("hers");

        setPower(50);
        SeenRoom byOther = seen(other);
        byOther.follow(topic, byOther.last());
        send(other, List.of(byOther.say(oscar, "who follows it")));
        Waiting.untilTrue(() ->
                alice.get(room.path("/state/m.room.topic"))
                        .json()
                        .string("topic")
                        .equals(java.util.Optional.of("hers")));
        Synced.Room news = before.next(alice).joined(room.id());
        assertThat(Stream.concat(news.events("state").stream(), news.events("timeline").stream()))
                .anyMatch(event -> event.string("event_id").orElse("").equals(topic.id().value()));
    }

    /// An event whose ancestor nobody has.
    private Event unconnected(int number) {
        EventId nobody =
                seen.draft(mallory, "m.room.message", null, JsonObject.of("body", "x" + number))
                        .originServerTs(number)
                        .sign(fake.signer())
                        .id();
        return seen.draft(mallory, "m.room.message", null, JsonObject.of("body", "flood"))
                .prevEvents(List.of(nobody))
                .sign(fake.signer());
    }

    @Test
    void aFloodOfEventsThatLackOthersKeepsNobodyElseWaiting() {
        fake.on(
                MISSING,
                request -> {
                    sleep();
                    return Answer.ok(JsonObject.of("events", JsonArray.of()));
                });
        List<Event> flood = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            flood.add(unconnected(i));
        }
        send(fake, flood);
        long since = System.nanoTime();
        send(other, List.of(seen(other).say(oscar, "meanwhile")));
        assertThat(bodiesUntil("meanwhile")).containsExactly("meanwhile");
        assertThat(System.nanoTime() - since).isLessThan(10_000_000_000L);
    }

    private static void sleep() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The head of a request whose body does not come.
    private static Socket withoutBody(String origin) throws IOException {
        URI uri = one.uri();
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        String head =
                """
                PUT /_matrix/federation/v1/send/1 HTTP/1.1
                Host: one.test
                Content-Length: 8000000
                Authorization: X-Matrix origin="%s",destination="one.test",key="ed25519:1",sig="%s"

                """
                        .formatted(origin, "A".repeat(86));
        socket.getOutputStream()
                .write(head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }

    @Test
    void largeRequestsWhoseBodiesDoNotComeKeepNobodyElseWaiting() throws IOException {
        List<Socket> held = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                held.add(withoutBody("fake.test"));
            }
            send(other, List.of(seen(other).say(oscar, "between them")));
            assertThat(bodiesUntil("between them")).containsExactly("between them");
        } finally {
            for (Socket socket : held) {
                socket.close();
            }
        }
    }

    /// Its body is not waited for: strangers fill no memory.
    @Test
    @Timeout(20)
    void whoMayNotFederateIsRefusedBeforeTheyHaveSentAnything() throws IOException {
        try (Socket socket = withoutBody("stranger.example")) {
            BufferedReader answer =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            assertThat(answer.readLine()).contains(" 403 ");
        }
    }
}
