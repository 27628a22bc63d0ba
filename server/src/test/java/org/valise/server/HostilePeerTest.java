package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.valise.protocol.event.Event;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.server.FakeServer.Answer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A server that may federate and has users in a room: what it cannot do to others.
class HostilePeerTest extends SharedRoom {
    private static final int MOST_IN_A_TRANSACTION = 50;
    private static final long DEEPEST = (1L << 53) - 1;

    private static void sendAll(FakeServer from, List<Event> events) {
        sendJson(from, events.stream().map(Event::json).toList());
    }

    private static void sendJson(FakeServer from, List<JsonObject> pdus) {
        for (int at = 0; at < pdus.size(); at += MOST_IN_A_TRANSACTION) {
            List<JsonObject> some =
                    pdus.subList(at, Math.min(pdus.size(), at + MOST_IN_A_TRANSACTION));
            TestClient.Answer answer = from.transaction(one, "one.test", some, List.of());
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        }
    }

    @Test
    void branchesARoomUpToABoundAndTheRoomGoesOn() {
        Event parent = seen.last();
        List<Event> branches = new ArrayList<>();
        for (int i = 0; i < 520; i++) {
            seen.follow(parent);
            JsonObject named = JsonObject.of("membership", "join", "displayname", "M" + i);
            branches.add(
                    seen.draft(MALLORY, "m.room.member", MALLORY.value(), named)
                            .sign(fake.signer()));
        }
        sendAll(fake, branches);
        Waiting.untilTrue(() -> branches.stream().noneMatch(branch -> status(branch).isEmpty()));
        assertThat(extremities()).isEqualTo(500);
        assertThat(branches.stream().filter(SharedRoom::isSoftFailed)).hasSize(20);
        send(other, seen(other).say(OSCAR, "still here"));
        assertThat(bodiesUntil("still here")).containsExactly("still here");
        room.say(alice, "so am I");
        assertThat(extremities()).isLessThan(490);
    }

    @Test
    void whatClaimsToBeVeryDeepOrOldMovesNobody() {
        Event deep =
                seen.draft(MALLORY, "m.room.message", null, JsonObject.of("body", "deep"))
                        .depth(DEEPEST)
                        .originServerTs(1)
                        .sign(fake.signer());
        send(fake, deep);
        bodiesUntil("deep");
        room.say(alice, "after it");
        Event further =
                seen(other)
                        .draft(OSCAR, "m.room.message", null, JsonObject.of("body", "further"))
                        .depth(DEEPEST)
                        .sign(other.signer());
        send(other, further);
        assertThat(bodiesUntil("further")).containsExactly("after it", "further");
    }

    private Event ofTheFarFuture() {
        return seen.draft(MALLORY, "m.room.message", null, JsonObject.of("body", "too early"))
                .originServerTs(Instant.parse("2200-01-01T00:00:00Z").toEpochMilli())
                .sign(fake.signer());
    }

    /// Room version 5: "servers MUST enforce the valid_until_ts property from a key request is at
    /// least as large as the origin_server_ts for the event being validated."
    @Test
    void whatIsSignedForTheFarFutureHasNoValidKey() {
        Event early = ofTheFarFuture();
        send(fake, early);
        send(other, seen(other).say(OSCAR, "in time"));
        assertThat(bodiesUntil("in time")).containsExactly("in time");
        assertThat(status(early)).isEmpty();
    }

    @Test
    void beforeRoomVersion5AKeyIsValidAtAnyTime() {
        room = TestRoom.create(alice, JsonObject.of("preset", "public_chat", "room_version", "4"));
        join(fake, MALLORY, room);
        seen = seen(fake);
        forgetNews();
        send(fake, ofTheFarFuture());
        assertThat(bodiesUntil("too early")).containsExactly("too early");
    }

    @Test
    void whatAServerSaysBesideAnEventIsNotShown() {
        Event said = seen.say(MALLORY, "plain");
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
                JsonObject.of("state_default", 50, "users", JsonObject.of(MALLORY.value(), level)));
    }

    @Test
    void aStateEventThatFailedSoftlyIsSeenOnceTheRoomsStateHasIt() {
        setPower(50);
        Event topic =
                seen(fake)
                        .draft(MALLORY, "m.room.topic", "", JsonObject.of("topic", "hers"))
                        .sign(fake.signer());
        setPower(0);
        send(fake, topic);
        Waiting.untilTrue(() -> isSoftFailed(topic));
        assertThat(alice.get(room.path("/state/m.room.topic")).status()).isEqualTo(404);
        Synced before = forgetNews();
        assertThat(before.json().toString()).doesNotContain("hers");

        setPower(50);
        SeenRoom byOther = seen(other);
        byOther.follow(topic, byOther.last());
        send(other, byOther.say(OSCAR, "who follows it"));
        Waiting.untilTrue(() ->
                alice.get(room.path("/state/m.room.topic"))
                        .json()
                        .string("topic")
                        .equals(java.util.Optional.of("hers")));
        Synced.Room news = before.next(alice).joined(room.id());
        assertThat(Stream.concat(news.events("state").stream(), news.events("timeline").stream()))
                .anyMatch(event -> event.string("event_id").orElse("").equals(topic.id().value()));
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
            flood.add(unconnected());
        }
        sendAll(fake, flood);
        long since = System.nanoTime();
        send(other, seen(other).say(OSCAR, "meanwhile"));
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
            send(other, seen(other).say(OSCAR, "between them"));
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
