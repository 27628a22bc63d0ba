package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Route;
import org.valise.protocol.event.Event;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// Sends garbage to every route for other servers, signed by one that may federate and is in the
/// room that it asks of: never a failure, and the room goes on.
class EveryFederationRouteTest extends OneServer {
    private static final int PER_ROUTE = 60;
    private static final int PER_ROUTE_LONG = 5_000;

    private static TestRoom room;

    @BeforeAll
    static void meet() {
        room = TestRoom.open(alice);
        join(fake, MALLORY, room);
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
        String body = "after the garbage of " + seed;
        send(fake, seen(fake, room).say(MALLORY, body));
        awaitInTimeline(body);
    }

    private static Map<String, String> known() {
        Event last = seen(fake, room).last();
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
