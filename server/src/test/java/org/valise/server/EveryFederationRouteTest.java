package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Route;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// Sends garbage to every route for other servers, signed by one that may federate and is in the
/// room that it asks of: never a failure, and the room goes on.
class EveryFederationRouteTest {
    private static final int PER_ROUTE = 60;
    private static final int PER_ROUTE_LONG = 5_000;

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestServer one;
    private static FakeServer fake;
    private static TestClient alice;
    private static TestRoom room;

    @BeforeAll
    static void start() {
        int port = FakeServer.freePort();
        federation =
                TestFederation.in(folder)
                        .server(
                                "one",
                                Map.of("federation.addresses", "fake.test=127.0.0.1:" + port))
                        .start();
        one = federation.server("one");
        fake = new FakeServer(federation.authority(), "fake.test", port);
        alice = federation.register("one", "alice");
        room = TestRoom.open(alice);
        send(SeenRoom.of(fake, one, room.id()).join(UserId.parse("@mallory:fake.test")));
        awaitInTimeline("@mallory:fake.test");
    }

    @AfterAll
    static void stop() {
        fake.close();
        federation.close();
    }

    private static void send(Event event) {
        TestClient.Answer answer =
                fake.send(
                        one,
                        "one.test",
                        "PUT",
                        "/_matrix/federation/v1/send/" + System.nanoTime(),
                        JsonObject.of("pdus", JsonArray.of(event.json())));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private static void awaitInTimeline(String text) {
        Waiting.untilTrue(
                () -> alice.get(room.path("/messages?dir=b&limit=5")).body().contains(text));
    }

    @Test
    void everyRouteAnswersSignedGarbageWithARefusal() {
        sendToEveryRoute(1, PER_ROUTE);
    }

    @Test
    @Tag("long")
    void everyRouteAnswersMuchSignedGarbageWithARefusal() {
        sendToEveryRoute(ThreadLocalRandom.current().nextLong(), PER_ROUTE_LONG);
    }

    private static void sendToEveryRoute(long seed, int each) {
        Garbage garbage = new Garbage(seed, EveryRouteTest.shapes(), known());
        List<Route> routes =
                one.routes().stream()
                        .filter(route -> route.auth() == Auth.SERVER_SIGNATURE)
                        .toList();
        assertThat(routes).hasSizeGreaterThan(25);
        for (Route route : routes) {
            for (int i = 0; i < each; i++) {
                Garbage.Request request = garbage.request(route, "");
                String description =
                        "seed %d: %s".formatted(seed, EveryRouteTest.describe(request));
                TestClient.Answer answer = fake.sendRaw(one, "one.test", request);
                EveryRouteTest.check(description, request, answer);
            }
        }
        SeenRoom seen = SeenRoom.of(fake, one, room.id());
        String body = "after the garbage of " + seed;
        send(seen.say(UserId.parse("@mallory:fake.test"), body));
        awaitInTimeline(body);
    }

    private static Map<String, String> known() {
        Event last = SeenRoom.of(fake, one, room.id()).last();
        Map<String, String> values = new HashMap<>();
        values.put("roomId", room.id());
        values.put("eventId", last.id().value());
        values.put("userId", alice.userId());
        values.put("txnId", "t1");
        values.put("queryType", "profile");
        values.put("serverName", "one.test");
        return values;
    }
}
