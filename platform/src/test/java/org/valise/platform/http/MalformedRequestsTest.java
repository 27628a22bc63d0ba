package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.Json;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/// Whatever comes, the answer is Matrix JSON with CORS headers and never a 500, and the server goes
/// on.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class MalformedRequestsTest {
    private TestServer server;

    @BeforeAll
    void start() {
        server =
                TestServer.with(
                        TestEndpoint.echo("/_matrix/a/{name}"),
                        TestEndpoint.signedIn(
                                Route.get("/_matrix/whoami"),
                                call -> Reply.text(call.caller().user().value())),
                        TestEndpoint.open(
                                Route.put("/_matrix/b/{name}"),
                                call -> {
                                    call.query("q");
                                    return Reply.json(call.jsonBody());
                                }));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", // the
                // beginning
                // of a TLS
                // handshake
                "GET /_matrix/whoami HTTP/9.9\r\n\r\n",
                "GET /_matrix/whoami HTTP/1.1\r\n\r\n", // no Host
                "GET /_matrix/whoami HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /_matrix/whoami HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "GET /_matrix/whoami HTTP/1.1\r\n"
                        + "Host: x\r\n"
                        + "Content-Length: 99999999999999999999\r\n\r\n",
                "PUT /_matrix/b/x HTTP/1.1\r\n"
                        + "Host: x\r\n"
                        + "Content-Length: 3\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n"
                        + "{}\n",
                "PUT /_matrix/b/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "PUT /_matrix/b/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
                "GET /_matrix/whoami HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                "GET /_matrix/whoami HTTP/1.1\r\n Host: x\r\n\r\n",
                "GET /_matrix/who\u0000ami HTTP/1.1\r\nHost: x\r\n\r\n",
                "CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n",
                "TRACE /_matrix/whoami HTTP/1.1\r\nHost: x\r\n\r\n",
                "FROBNICATE /_matrix/whoami HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET http:// HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /_matrix/whoami HTTP/1.1\r\nHost: [::1\r\n\r\n",
                "GET /_matrix/whoami HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n\r\n",
                "GET /_matrix/whoami HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer\r\n\r\n",
                "GET /_matrix/whoami HTTP/1.1\r\n"
                        + "Host: x\r\n"
                        + "Authorization: Bearer \u00ff\u00fe\r\n\r\n",
                "GET /_matrix/whoami?access_token=%zz HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /_matrix/whoami?%ff=%ff HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /_matrix/whoami?&&&=&a=&=b HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /_matrix/a/\u00e9\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n"
            })
    void answersWhatIsNoProperRequestInJson(String request) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            assertRefused(connection.send(request), request);
        }
        assertAlive();
    }

    @Test
    void answersHeadersThatAreTooLarge() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.send(
                    "GET /_matrix/whoami HTTP/1.1\r\nHost: x\r\nX: "
                            + "x".repeat(100_000)
                            + "\r\n\r\n");
            var answer = connection.read();
            assertThat(answer.status()).isEqualTo(431);
            assertThat(answer.body()).contains("M_TOO_LARGE");
        }
    }

    @Test
    void answersAUriThatIsTooLong() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            var answer =
                    connection
                            .send("GET /" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: x\r\n\r\n")
                            .read();
            assertThat(answer.status()).isIn(414, 431);
            assertThat(answer.body()).contains("M_TOO_LARGE");
        }
    }

    @Test
    void takesALongQueryAsOldClientsSendIt() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            String filter = "%7B%22a%22:".repeat(500);
            connection.send("GET /_matrix/a/x?filter=" + filter + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(connection.read().status()).isEqualTo(200);
        }
    }

    @Test
    void survivesRandomRequests() throws Exception {
        fuzz(20_261_121, 400);
    }

    @Test
    @Tag("long")
    void survivesRandomRequestsForLong() throws Exception {
        for (long seed = 0; seed < 20; seed++) {
            fuzz(seed, 1_000);
        }
    }

    private void fuzz(long seed, int rounds) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < rounds; round++) {
            byte[] request = RandomRequest.next(random);
            try (RawConnection connection = RawConnection.to(server)) {
                connection.send(request);
                connection.endOfInput();
                assertRefused(
                        connection,
                        "seed "
                                + seed
                                + " round "
                                + round
                                + ": "
                                + new String(request, StandardCharsets.ISO_8859_1));
            }
        }
        assertAlive();
    }

    /// Whatever answers there are: none is a 500, each is JSON, each lets web pages read it.
    private static void assertRefused(RawConnection connection, String what) throws IOException {
        try {
            for (var answer = next(connection, what);
                    answer.status() != -1;
                    answer = next(connection, what)) {
                if (answer.status() == 101) {
                    return; // HTTP/2 from here on
                }
                assertThat(answer.status()).as(what).isNotEqualTo(500).isGreaterThanOrEqualTo(200);
                assertThat(answer.headers())
                        .as(what)
                        .containsEntry("access-control-allow-origin", "*");
                assertThat(answer.headers())
                        .as(what)
                        .containsEntry("content-type", "application/json");
                if (!answer.body().isEmpty()) {
                    assertThat(Json.parseObject(answer.body().getBytes(StandardCharsets.UTF_8)))
                            .as(what)
                            .isNotNull();
                }
                if (answer.status() >= 400 && !what.contains("HEAD ")) {
                    assertThat(answer.body()).as(what).contains("\"errcode\":\"M_");
                }
                if (!what.startsWith("seed")) {
                    return;
                }
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no answer to " + what, e);
        } catch (java.net.SocketException reset) {
            // The rest of a request that was refused half read.
        }
    }

    private static RawConnection.Answer next(RawConnection connection, String what)
            throws IOException {
        return what.contains("HEAD ") ? connection.readHead() : connection.read();
    }

    private void assertAlive() {
        assertThat(server.get("/_matrix/whoami", "alice").status()).isEqualTo(200);
    }

    /// Requests that begin as proper ones and are then spoiled.
    private static final class RandomRequest {
        private static final List<String> METHODS =
                List.of(
                        "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "get", "TRACE",
                        "X", "");
        private static final List<String> PATHS =
                List.of(
                        "/_matrix/a/",
                        "/_matrix/b/",
                        "/_matrix/whoami",
                        "/",
                        "",
                        "//",
                        "/_matrix/../",
                        "*",
                        "http://x/_matrix/a/",
                        "/%");
        private static final List<String> HEADERS =
                List.of(
                        "Host: x",
                        "Host: ",
                        "Content-Length: 5",
                        "Content-Length: 0x5",
                        "Transfer-Encoding: chunked",
                        "Authorization: Bearer alice",
                        "Authorization: X-Matrix origin=x",
                        "Connection: close",
                        "Connection: upgrade",
                        "Upgrade: h2c",
                        "HTTP2-Settings: AAMAAABkAAQAAP__",
                        "Expect: 100-continue",
                        "Content-Type: \u0001",
                        "X-Forwarded-For: ,,::,[",
                        "X-Forwarded-For: 1.2.3.4, 127.0.0.1",
                        "Cookie: a=b; ;;=",
                        "Range: bytes=0-");
        private static final List<String> BODIES =
                List.of(
                        "",
                        "{}",
                        "{\"a\":1}",
                        "[",
                        "{\"a\":1e999999}",
                        "5\r\n{\"a\":\r\n0\r\n\r\n",
                        "\u0000\u00ff",
                        "null");

        static byte[] next(Random random) {
            StringBuilder text =
                    new StringBuilder(pick(random, METHODS))
                            .append(' ')
                            .append(pick(random, PATHS));
            for (int i = random.nextInt(12); i > 0; i--) {
                text.append(
                        pick(
                                random,
                                List.of(
                                        "%",
                                        "%2", "%2F", "%C3%A9", "%FF", "a", ";", "?", "#", "&", "=",
                                        "/", "..", "%00")));
            }
            text.append(
                            pick(
                                    random,
                                    List.of(
                                            " HTTP/1.1",
                                            " HTTP/1.1",
                                            " HTTP/1.1",
                                            " HTTP/1.0",
                                            " HTTP/2.0",
                                            "",
                                            " x")))
                    .append("\r\n");
            if (random.nextInt(8) > 0) {
                text.append("Host: x\r\n");
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                text.append(pick(random, HEADERS)).append(random.nextInt(20) == 0 ? "\n" : "\r\n");
            }
            String body = pick(random, BODIES);
            if (random.nextBoolean()) {
                text.append("Content-Length: ").append(body.length()).append("\r\n");
            }
            byte[] bytes =
                    text.append("\r\n")
                            .append(body)
                            .toString()
                            .getBytes(StandardCharsets.ISO_8859_1);
            for (int i = random.nextInt(3); i > 0 && random.nextInt(3) == 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            return bytes;
        }

        private static String pick(Random random, List<String> from) {
            return from.get(random.nextInt(from.size()));
        }
    }
}
