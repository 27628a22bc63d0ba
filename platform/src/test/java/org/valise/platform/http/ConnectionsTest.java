package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Connections that are kept, filled in advance, slow, or gone.
final class ConnectionsTest {
    private static final String END = " HTTP/1.1\r\nHost: x\r\n\r\n";

    @Test
    void keepsAConnectionOverManyRequests() throws Exception {
        try (TestServer server = TestServer.with(TestEndpoint.echo("/a/{name}"));
                RawConnection connection = RawConnection.to(server)) {
            for (int i = 0; i < 200; i++) {
                assertThat(connection.send("GET /a/" + i + END).read().body())
                        .isEqualTo("{\"name\":\"" + i + "\"}");
            }
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (TestServer server = TestServer.with(TestEndpoint.echo("/a/{name}"));
                RawConnection connection = RawConnection.to(server)) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                requests.append("GET /a/").append(i).append(END);
            }
            connection.send(requests.toString());
            for (int i = 0; i < 50; i++) {
                assertThat(connection.read().body()).isEqualTo("{\"name\":\"" + i + "\"}");
            }
        }
    }

    @Test
    void keepsTheConnectionAfterARefusalThatDidNotReadTheBody() throws Exception {
        var endpoint = TestEndpoint.signedIn(Route.put("/a"), call -> Reply.empty());
        try (TestServer server = TestServer.with(endpoint);
                RawConnection connection = RawConnection.to(server)) {
            connection.send(
                    "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}GET /b" + END);
            assertThat(connection.read().status()).isEqualTo(401);
            assertThat(connection.read().status()).isEqualTo(404);
        }
    }

    @Test
    void asksForABodyOnlyWhenItWillReadIt() throws Exception {
        var open = TestEndpoint.open(Route.put("/open"), call -> Reply.json(call.jsonBody()));
        var guarded = TestEndpoint.signedIn(Route.put("/guarded"), call -> Reply.empty());
        try (TestServer server = TestServer.with(open, guarded)) {
            try (RawConnection connection = RawConnection.to(server)) {
                connection.send(
                        "PUT /open HTTP/1.1\r\n"
                                + "Host: x\r\n"
                                + "Content-Length: 2\r\n"
                                + "Expect: 100-continue\r\n\r\n");
                assertThat(connection.read().status()).isEqualTo(100);
                assertThat(connection.send("{}").read().status()).isEqualTo(200);
            }
            try (RawConnection connection = RawConnection.to(server)) {
                connection.send(
                        "PUT /guarded HTTP/1.1\r\n"
                                + "Host: x\r\n"
                                + "Content-Length: 2\r\n"
                                + "Expect: 100-continue\r\n\r\n");
                assertThat(connection.read().status()).isEqualTo(401);
            }
        }
    }

    @Test
    void waitsForARequestThatDripsIn() throws Exception {
        var endpoint = TestEndpoint.open(Route.put("/a"), call -> Reply.json(call.jsonBody()));
        try (TestServer server = TestServer.with(endpoint);
                RawConnection connection = RawConnection.to(server)) {
            for (char c :
                    "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
                            .toCharArray()) {
                connection.send(String.valueOf(c));
                Thread.sleep(2);
            }
            assertThat(connection.read().body()).isEqualTo("{\"a\":1}");
        }
    }

    @Test
    void sendsSegmentsOfAnySizeInTheirOrder() throws Exception {
        List<byte[]> segments = new ArrayList<>();
        int total = 0;
        for (int length : new int[] {0, 1, 70_000, 3, 64 * 1024, 0, 200_000, 1, 65_535, 65_537}) {
            byte[] segment = new byte[length];
            for (int i = 0; i < length; i++) {
                segment[i] = (byte) (total + i);
            }
            segments.add(segment);
            total += length;
        }
        byte[] last = segments.get(6);
        var many = TestEndpoint.open(Route.get("/many"), call -> Reply.segments(segments));
        var none = TestEndpoint.open(Route.get("/none"), call -> Reply.segments(List.of()));
        var large = TestEndpoint.open(Route.get("/large"), call -> Reply.json(last));
        try (TestServer server = TestServer.with(many, none, large)) {
            byte[] joined = server.get("/many").bytes();
            assertThat(joined).hasSize(total);
            for (int i = 0; i < total; i++) {
                assertThat(joined[i]).isEqualTo((byte) i);
            }
            assertThat(server.get("/none").bytes()).isEmpty();
            assertThat(server.get("/large").bytes()).isEqualTo(last);
        }
    }

    @Test
    void streamsWhatIsTooLargeToBeHeld() throws Exception {
        byte[] content = new byte[3_000_000];
        content[2_999_999] = 7;
        var down =
                TestEndpoint.open(
                        Route.get("/down"),
                        call ->
                                Reply.stream(
                                        "image/png",
                                        new ByteArrayInputStream(content),
                                        content.length));
        var unknown =
                TestEndpoint.open(
                        Route.get("/unknown"),
                        call -> Reply.stream("image/png", new ByteArrayInputStream(content), -1));
        var up =
                new TestEndpoint(
                        Route.post("/up")
                                .extension("up")
                                .auth(Auth.NONE)
                                .limit(RateLimit.PUBLIC)
                                .maxBody(3_000_000)
                                .streamed(),
                        call -> {
                            try (InputStream stream = call.stream()) {
                                return Reply.json(
                                        JsonObject.of(
                                                "size",
                                                stream.transferTo(
                                                        java.io.OutputStream.nullOutputStream())));
                            }
                        });
        try (TestServer server = TestServer.with(down, unknown, up)) {
            assertThat(server.get("/down").bytes()).isEqualTo(content);
            assertThat(server.get("/down").header("Content-Type")).isEqualTo("image/png");
            assertThat(server.get("/unknown").bytes()).isEqualTo(content);
            assertThat(upload(server, List.of(content)).json())
                    .isEqualTo(JsonObject.of("size", 3_000_000));
            assertThat(upload(server, List.of(content, new byte[1])).errcode())
                    .isEqualTo("M_TOO_LARGE");
        }
    }

    private static TestServer.Answer upload(TestServer server, List<byte[]> pieces) {
        var body = java.net.http.HttpRequest.BodyPublishers.ofByteArrays(pieces);
        return server.send("POST", "/up", request -> request.POST(body));
    }

    @Test
    void servesOthersWhileAClientDoesNotReadItsAnswer() throws Exception {
        byte[] large = new byte[32 * 1024 * 1024];
        var endpoint =
                TestEndpoint.open(
                        Route.get("/large"), call -> Reply.segments(Collections.nCopies(2, large)));
        try (TestServer server = TestServer.with(endpoint, TestEndpoint.echo("/a/{name}"))) {
            List<RawConnection> stuck = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                stuck.add(RawConnection.to(server).send("GET /large" + END));
            }
            assertThat(server.get("/a/x").status()).isEqualTo(200);
            for (RawConnection connection : stuck) {
                connection.close();
            }
        }
    }

    @Test
    void takesAClientThatGoesAwayForNoError() throws Exception {
        var statuses = new ConcurrentLinkedQueue<Integer>();
        byte[] large = new byte[8 * 1024 * 1024];
        var endpoint = TestEndpoint.open(Route.get("/large"), call -> Reply.json(large));
        var body = TestEndpoint.open(Route.put("/body"), call -> Reply.empty());
        HttpPorts ports =
                HttpPorts.of(TestServer::authenticate, RateLimits.none())
                        .withObserver((operation, status, nanos, bytes) -> statuses.add(status));
        try (TestServer server = TestServer.with(HttpConfig.onFreePort(), ports, endpoint, body)) {
            reset(server, "GET /large" + END);
            reset(server, "PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{");
            for (int i = 0; i < 100 && statuses.size() < 2; i++) {
                Thread.sleep(50);
            }
            assertThat(statuses).containsExactly(499, 499);
            assertThat(server.server().draining().inFlight()).isZero();
        }
    }

    @Test
    void doesNotTakeAHandlersOwnLostConnectionForTheClients() {
        var lost =
                TestEndpoint.open(
                        Route.get("/lost"),
                        call -> {
                            throw new EOFException("the database went away");
                        });
        var unreadable =
                TestEndpoint.open(
                        Route.get("/unreadable"),
                        call ->
                                Reply.stream(
                                        "image/png",
                                        new InputStream() {
                                            @Override
                                            public int read() throws IOException {
                                                throw new IOException("no such file");
                                            }
                                        },
                                        -1));
        try (TestServer server = TestServer.with(lost, unreadable)) {
            for (String path : List.of("/lost", "/unreadable")) {
                var answer = server.get(path);
                assertThat(answer.status()).isEqualTo(500);
                assertThat(answer.errcode()).isEqualTo("M_UNKNOWN");
                assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
            }
        }
    }

    private static void reset(TestServer server, String request) throws Exception {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setSoLinger(true, 0);
        new RawConnection(socket).send(request);
        Thread.sleep(200);
        socket.close();
    }

    @Test
    void refusesMoreConnectionsThanItMayHave() throws Exception {
        HttpConfig config = HttpConfig.onFreePort().withMaxConnections(3);
        HttpPorts ports = HttpPorts.of(TestServer::authenticate, RateLimits.none());
        try (TestServer server = TestServer.with(config, ports, TestEndpoint.echo("/a/{name}"))) {
            List<RawConnection> open = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                open.add(RawConnection.to(server));
                assertThat(open.get(i).send("GET /a/x" + END).read().status()).isEqualTo(200);
            }
            AtomicBoolean answered = new AtomicBoolean();
            var fourth =
                    CompletableFuture.runAsync(() -> {
                        try (RawConnection late = RawConnection.to(server)) {
                            answered.set(late.send("GET /a/x" + END).read().status() == 200);
                        } catch (SocketException closed) {
                            // As well.
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    });
            Thread.sleep(300);
            assertThat(answered).isFalse();
            for (RawConnection connection : open) {
                connection.close();
            }
            fourth.get(10, TimeUnit.SECONDS);
        }
    }
}
