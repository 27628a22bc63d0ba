package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Route;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// Sends garbage to every route: never a 500, always Matrix JSON, and what is refused changes
/// nothing.
class EveryRouteTest {
    private static final int PER_ROUTE = 30;
    private static final int PER_ROUTE_LONG = 5_000;

    private static TestServer server;
    private static TestClient alice;
    private static Map<String, String> known;
    private static Map<String, Garbage.Shape> shapes;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        alice = TestClient.register(server, "alice");
        shapes = shapes();
        known = known();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyRouteAnswersGarbageWithARefusal() throws InterruptedException {
        sendToEveryRoute(1, PER_ROUTE);
    }

    @Test
    @Tag("long")
    void everyRouteAnswersMuchGarbageWithARefusal() throws InterruptedException {
        sendToEveryRoute(ThreadLocalRandom.current().nextLong(), PER_ROUTE_LONG);
    }

    private static void sendToEveryRoute(long seed, int each) throws InterruptedException {
        var garbage = new Garbage(seed, shapes, known);
        var contents = new DatabaseContents(server.database());
        for (Route route : server.routes()) {
            for (int i = 0; i < each; i++) {
                var request = garbage.request(route, alice.token());
                var description = "seed %d: %s".formatted(seed, describe(request));
                contents.remember();
                var answer = alice.sendRaw(request);
                check(description, request, answer);
                if (answer.status() >= 400) {
                    contents.requireUnchanged(description);
                } else {
                    if (!alice.isLoggedIn()) {
                        alice.logIn(); // a logout needs no body, so garbage succeeds
                    }
                    if (route.method() != Route.Method.GET) {
                        contents.settle();
                    }
                }
            }
        }
    }

    static void check(String description, Garbage.Request request, TestClient.Answer answer) {
        assertThat(answer.status()).as(description + " → " + answer.body()).isLessThan(500);
        boolean isPage = request.target().startsWith("/_matrix/static/") && answer.status() == 200;
        if (isPage || !request.target().startsWith("/_matrix")) {
            return;
        }
        assertThat(answer.contentType()).as(description).startsWith("application/json");
        JsonObject json = Json.parseObject(answer.bytes());
        if (answer.status() < 400) {
            return;
        }
        boolean challenge = answer.status() == 401 && json.has("flows") && json.has("session");
        if (!challenge) {
            assertThat(json.string("errcode"))
                    .as(description)
                    .hasValueSatisfying(code -> assertThat(code).matches("M_[A-Z0-9_]+"));
            assertThat(json.string("error")).as(description).isPresent();
        }
    }

    static String describe(Garbage.Request request) {
        var body = new String(request.body(), java.nio.charset.StandardCharsets.UTF_8);
        return "%s %s %s %s"
                .formatted(
                        request.route().method(),
                        request.target(),
                        request.authorization(),
                        body.length() > 2_000 ? body.substring(0, 2_000) + "…" : body);
    }

    private static Map<String, String> known() {
        var values = new HashMap<String, String>();
        values.put("userId", alice.userId());
        values.put("deviceId", alice.deviceId());
        values.put("type", "m.room.message");
        values.put("eventType", "m.room.message");
        values.put("stateKey", "");
        values.put("txnId", "t1");
        values.put("keyName", "displayname");
        values.put("receiptType", "m.read");
        values.put("roomVersion", "12");
        boolean hasRooms =
                server.routes().stream().anyMatch(route -> route.operation().equals("createRoom"));
        if (hasRooms) {
            var roomId =
                    alice.post(
                                    "/_matrix/client/v3/createRoom",
                                    JsonObject.of("room_alias_name", "known"))
                            .string("room_id")
                            .orElseThrow();
            values.put("roomId", roomId);
            values.put("roomIdOrAlias", roomId);
            values.put("roomAlias", "#known:localhost");
        }
        return values;
    }

    static Map<String, Garbage.Shape> shapes() {
        var all = new HashMap<String, Garbage.Shape>();
        for (String line : Resources.lines("request-shapes.tsv")) {
            String[] cells = line.split("\t", -1);
            all.put(cells[0], new Garbage.Shape(names(cells[1]), names(cells[2])));
        }
        return all;
    }

    private static List<String> names(String cell) {
        return cell.isEmpty() ? List.of() : List.of(cell.split(","));
    }
}
