package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.RoomId;
import org.valise.protocol.json.JsonObject;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// What the pipeline does for every endpoint.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PipelineTest {
    private static final Endpoint ROOM =
            TestEndpoint.open(
                    Route.get("/rooms/{roomId}"),
                    call -> Reply.text(call.path("roomId", RoomId::parse).value()));
    private static final Endpoint WHOAMI =
            TestEndpoint.signedIn(
                    Route.get("/whoami"), call -> Reply.text(call.caller().user().value()));
    private static final Endpoint MAYBE =
            new TestEndpoint(
                    Route.get("/maybe")
                            .extension("maybe")
                            .auth(Auth.OPTIONAL)
                            .limit(RateLimit.ACCOUNT),
                    call ->
                            Reply.text(
                                    call.optionalCaller()
                                            .map(caller -> caller.user().value())
                                            .orElse("nobody")));
    private static final Endpoint GUESTS =
            new TestEndpoint(
                    Route.get("/guests")
                            .extension("guests")
                            .auth(Auth.ACCESS_TOKEN)
                            .limit(RateLimit.READ)
                            .guests(),
                    call -> Reply.empty());
    private static final Endpoint READING =
            new TestEndpoint(
                    Route.get("/reading")
                            .extension("reading")
                            .auth(Auth.ACCESS_TOKEN)
                            .standing(Standing.SUSPENDED)
                            .limit(RateLimit.READ),
                    call -> Reply.empty());
    private static final Endpoint LOGOUT =
            new TestEndpoint(
                    Route.post("/logout")
                            .extension("logout")
                            .auth(Auth.ACCESS_TOKEN)
                            .standing(Standing.ANY)
                            .limit(RateLimit.WRITE),
                    call -> Reply.empty());
    private static final Endpoint BODY =
            new TestEndpoint(
                    Route.post("/body")
                            .extension("body")
                            .auth(Auth.NONE)
                            .limit(RateLimit.PUBLIC)
                            .maxBody(10_000),
                    call ->
                            Reply.json(
                                    JsonObject.of(
                                            "name",
                                            call.body().string("name"),
                                            "size",
                                            call.bytes().length)));
    private static final Endpoint BROKEN =
            TestEndpoint.open(
                    Route.get("/broken"),
                    call -> {
                        throw new IllegalStateException("token s3cret");
                    });
    private static final Endpoint REFUSING =
            TestEndpoint.open(
                    Route.get("/refusing"),
                    call -> {
                        throw new MatrixException(ErrorCode.M_FORBIDDEN, "No")
                                .status(403)
                                .with("extra", 5);
                    });
    private static final Endpoint IP =
            TestEndpoint.open(Route.get("/ip"), call -> Reply.text(call.ip()));

    private TestServer server;

    @BeforeAll
    void start() {
        server =
                TestServer.with(
                        ROOM, WHOAMI, MAYBE, GUESTS, READING, LOGOUT, BODY, BROKEN, REFUSING, IP);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    void answersUnknownPathsWith404() {
        var answer = server.get("/nowhere");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.errcode()).isEqualTo("M_UNRECOGNIZED");
    }

    @Test
    void answersOtherMethodsOfKnownPathsWith405() {
        var answer = server.send("DELETE", "/whoami", request -> request);
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.errcode()).isEqualTo("M_UNRECOGNIZED");
        assertThat(answer.header("Allow")).isEqualTo("GET, OPTIONS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/whoami", "/nowhere", "/body", "/broken"})
    void answersOptionsEverywhereWithoutAskingTheEndpoint(String path) {
        var answer = server.send("OPTIONS", path, request -> request);
        assertThat(answer.status()).isEqualTo(200);
        assertCors(answer.response().headers()::firstValue);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/maybe",
                "/nowhere",
                "/whoami",
                "/broken",
                "/refusing",
                "/rooms/x",
                "/body"
            })
    void sendsCorsHeadersWithEveryAnswer(String path) {
        assertCors(server.get(path).response().headers()::firstValue);
    }

    private static void assertCors(Function<String, java.util.Optional<String>> header) {
        assertThat(header.apply("Access-Control-Allow-Origin")).hasValue("*");
        assertThat(header.apply("Access-Control-Allow-Methods").orElseThrow())
                .contains("GET", "POST", "PUT", "DELETE", "OPTIONS");
        assertThat(header.apply("Access-Control-Allow-Headers"))
                .hasValue("X-Requested-With, Content-Type, Authorization");
    }

    @Test
    void answersHeadLikeGetWithoutABody() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            var answer = connection.send("HEAD /maybe HTTP/1.1\r\nHost: x\r\n\r\n").readHead();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("content-length", "6");
            connection.send("GET /maybe HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(connection.read().body()).isEqualTo("nobody");
        }
    }

    @Test
    void refusesWithoutAToken() {
        var answer = server.get("/whoami");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.errcode()).isEqualTo("M_MISSING_TOKEN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/whoami", "/maybe"})
    void refusesAnUnknownToken(String path) {
        var answer = server.get(path, "wrong");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.errcode()).isEqualTo("M_UNKNOWN_TOKEN");
        assertThat(answer.json().has("soft_logout")).isFalse();
    }

    @Test
    void saysWhenAClientMayRefresh() {
        assertThat(server.get("/whoami", "expired").json().bool("soft_logout")).hasValue(true);
    }

    @Test
    void takesTheTokenFromTheHeaderOrTheQuery() {
        assertThat(new String(server.get("/whoami", "alice").bytes()))
                .isEqualTo("@alice:example.org");
        assertThat(new String(server.get("/whoami?access_token=alice").bytes()))
                .isEqualTo("@alice:example.org");
        assertThat(new String(server.get("/whoami?access_token=bob", "alice").bytes()))
                .isEqualTo("@alice:example.org");
        assertThat(new String(server.get("/maybe", "alice").bytes()))
                .isEqualTo("@alice:example.org");
        assertThat(new String(server.get("/maybe").bytes())).isEqualTo("nobody");
    }

    @Test
    void keepsGuestsOutUnlessTheRouteLetsThemIn() {
        assertThat(server.get("/whoami", "guest").errcode()).isEqualTo("M_GUEST_ACCESS_FORBIDDEN");
        assertThat(server.get("/guests", "guest").status()).isEqualTo(200);
    }

    @Test
    void keepsLockedAccountsOutOfAllButLogout() {
        var answer = server.get("/reading", "locked");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.errcode()).isEqualTo("M_USER_LOCKED");
        assertThat(answer.json().bool("soft_logout")).hasValue(true);
        assertThat(
                        server.send(
                                        "POST",
                                        "/logout",
                                        request -> request.header("Authorization", "Bearer locked"))
                                .status())
                .isEqualTo(200);
    }

    @Test
    void letsSuspendedAccountsReadButNotAct() {
        assertThat(server.get("/reading", "suspended").status()).isEqualTo(200);
        var answer = server.get("/whoami", "suspended");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.errcode()).isEqualTo("M_USER_SUSPENDED");
    }

    @Test
    void refusesIdentifiersThatAreNone() {
        var answer = server.get("/rooms/nonsense");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.errcode()).isEqualTo("M_INVALID_PARAM");
        assertThat(new String(server.get("/rooms/!a%3Aexample.org").bytes()))
                .isEqualTo("!a:example.org");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"x\"}        | 200 | none",
                "                        | 400 | M_NOT_JSON",
                "{                       | 400 | M_NOT_JSON",
                "{} {}                   | 400 | M_NOT_JSON",
                "{\"a\":1,\"a\":2}       | 400 | M_NOT_JSON",
                "[]                      | 400 | M_BAD_JSON",
                "\"text\"                | 400 | M_BAD_JSON",
                "null                    | 400 | M_BAD_JSON",
                "{}                      | 400 | M_MISSING_PARAM",
                "{\"name\":null}         | 400 | M_MISSING_PARAM",
                "{\"name\":5}            | 400 | M_BAD_JSON",
                "{\"name\":{}}           | 400 | M_BAD_JSON"
            })
    void judgesBodies(String body, int status, String errcode) {
        var answer = server.post("/body", body == null ? "" : body);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.errcode()).isEqualTo(errcode);
    }

    @Test
    void refusesBodiesThatAreTooDeep() {
        assertThat(server.post("/body", "{\"a\":".repeat(1100) + "1" + "}".repeat(1100)).errcode())
                .isEqualTo("M_NOT_JSON");
    }

    @Test
    void refusesBodiesThatSayTheyAreTooLarge() {
        var answer = server.post("/body", "x".repeat(10_001));
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.errcode()).isEqualTo("M_TOO_LARGE");
    }

    @Test
    void refusesBodiesThatTurnOutTooLarge() {
        var chunked =
                HttpRequest.BodyPublishers.ofByteArrays(List.of(new byte[6000], new byte[6000]));
        var answer = server.send("POST", "/body", request -> request.POST(chunked));
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.errcode()).isEqualTo("M_TOO_LARGE");
    }

    @Test
    void joinsABodyThatComesInPieces() {
        var chunked =
                HttpRequest.BodyPublishers.ofByteArrays(
                        List.of("{\"name\":".getBytes(), "\"".getBytes(), "x\"}".getBytes()));
        var answer = server.send("POST", "/body", request -> request.POST(chunked));
        assertThat(answer.json()).isEqualTo(JsonObject.of("name", "x", "size", 12));
    }

    @Test
    void answersAFailureWith500AndSaysNothingOfIt() {
        var answer = server.get("/broken");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.errcode()).isEqualTo("M_UNKNOWN");
        assertThat(new String(answer.bytes()))
                .doesNotContain("s3cret")
                .contains(answer.header("X-Request-Id"));
    }

    @Test
    void answersARefusalWithItsStatusAndFields() {
        var answer = server.get("/refusing");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json())
                .isEqualTo(JsonObject.of("errcode", "M_FORBIDDEN", "error", "No", "extra", 5));
    }

    @Test
    void believesForwardedAddressesOfTrustedProxiesOnly() {
        String forged = "6.6.6.6, 203.0.113.7, 127.0.0.2";
        var trusted =
                server.send("GET", "/ip", request -> request.header("X-Forwarded-For", forged));
        assertThat(new String(trusted.bytes())).isEqualTo("203.0.113.7");
        HttpConfig nobody = HttpConfig.onFreePort().withTrustedProxies(List.of());
        try (TestServer direct =
                TestServer.with(
                        nobody, HttpPorts.of(TestServer::authenticate, RateLimits.none()), IP)) {
            var answer =
                    direct.send("GET", "/ip", request -> request.header("X-Forwarded-For", forged));
            assertThat(new String(answer.bytes())).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void limitsByAddressBeforeItLooksAtTheToken() {
        AtomicInteger looked = new AtomicInteger();
        RateLimits limits = RateLimits.of(Map.of(RateLimit.LOGIN, new RateLimit.Rate(0.01, 2)));
        var login =
                new TestEndpoint(
                        Route.get("/login")
                                .extension("login")
                                .auth(Auth.ACCESS_TOKEN)
                                .limit(RateLimit.LOGIN),
                        call -> Reply.empty());
        HttpPorts ports =
                HttpPorts.of(
                        token -> {
                            looked.incrementAndGet();
                            return TestServer.authenticate(token);
                        },
                        limits);
        try (TestServer limited = TestServer.with(HttpConfig.onFreePort(), ports, login)) {
            limited.get("/login", "alice");
            limited.get("/login", "bob");
            var answer = limited.get("/login", "alice");
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.errcode()).isEqualTo("M_LIMIT_EXCEEDED");
            assertThat(answer.json().integer("retry_after_ms").orElseThrow())
                    .isBetween(1L, 100_000L);
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 100);
            assertThat(looked).hasValue(2);
        }
    }

    @Test
    void limitsEachCallerApartAndSomeNotAtAll() {
        RateLimits limits = RateLimits.of(Map.of(RateLimit.READ, new RateLimit.Rate(0.01, 2)));
        try (TestServer limited = TestServer.with(limits, WHOAMI)) {
            for (String caller : List.of("alice", "bob")) {
                assertThat(limited.get("/whoami", caller).status()).isEqualTo(200);
                assertThat(limited.get("/whoami", caller).status()).isEqualTo(200);
                assertThat(limited.get("/whoami", caller).status()).isEqualTo(429);
            }
            for (int i = 0; i < 5; i++) {
                assertThat(limited.get("/whoami", "bot").status()).isEqualTo(200);
            }
        }
    }
}
