package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;

import org.jspecify.annotations.Nullable;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonException;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.RequestSigning;
import org.valise.testing.TestAuthority;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// Another server that a test plays: it proves who it is and has a key; what else it answers is the
/// test's to say.
final class FakeServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicLong TRANSACTIONS = new AtomicLong();

    private final ServerName name;
    private final FakeSigner signer;
    private final HttpsServer https;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /// What is asked, and what is answered.
    ///
    /// @param path with the query, as it came
    record Request(String method, String path, JsonObject body) {}

    record Answer(int status, byte[] body) {
        static Answer ok(JsonObject json) {
            return new Answer(200, Json.write(json));
        }

        static Answer refusal(int status, String errcode) {
            return new Answer(
                    status, Json.write(JsonObject.of("errcode", errcode, "error", "no, sorry")));
        }
    }

    /// Answers requests.
    @FunctionalInterface
    interface Handler {
        Answer answer(Request request);
    }

    /// @param port as others were told
    FakeServer(TestAuthority authority, String name, int port) {
        this.name = ServerName.parse(name);
        this.signer = new FakeSigner(this.name);
        authority.issue(name, "dns:" + name);
        try {
            https = HttpsServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        https.setHttpsConfigurator(new HttpsConfigurator(authority.context(name)));
        https.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        https.createContext("/", this::serve);
        https.start();
        on("/_matrix/key/v2/server", request -> Answer.ok(keys()));
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ServerName name() {
        return name;
    }

    int port() {
        return https.getAddress().getPort();
    }

    FakeSigner signer() {
        return signer;
    }

    /// The paths that were asked for, keys aside.
    List<String> requests() {
        return requests;
    }

    /// What is answered from now on to requests whose path begins so.
    FakeServer on(String prefix, Handler handler) {
        handlers.put(prefix, handler);
        return this;
    }

    private JsonObject keys() {
        return JsonSigning.sign(
                JsonObject.of(
                        "server_name",
                        name.value(),
                        "valid_until_ts",
                        Instant.now().plus(Duration.ofDays(1)).toEpochMilli(),
                        "old_verify_keys",
                        JsonObject.of(),
                        "verify_keys",
                        JsonObject.of(
                                signer.keyId().value(), JsonObject.of("key", signer.publicKey()))),
                signer);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().toString();
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (!path.startsWith("/_matrix/key/")) {
                requests.add(path);
            }
            JsonObject json = body.length == 0 ? JsonObject.of() : Json.parseObject(body);
            Answer answer =
                    handlers.entrySet().stream()
                            .filter(each -> path.startsWith(each.getKey()))
                            .findFirst()
                            .map(Map.Entry::getValue)
                            .orElse(request -> Answer.refusal(404, "M_UNRECOGNIZED"))
                            .answer(new Request(exchange.getRequestMethod(), path, json));
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), answer.body().length);
            exchange.getResponseBody().write(answer.body());
        }
    }

    /// A request of this server to another one, signed.
    ///
    /// @param to the name of that server
    TestClient.Answer send(
            TestServer server, String to, String method, String uri, JsonObject body) {
        boolean bodiless = method.equals("GET");
        RequestSigning.Request signed =
                new RequestSigning.Request(
                        method, uri, ServerName.parse(to), bodiless ? null : body);
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.uri() + uri))
                        .timeout(PATIENCE)
                        .header("Authorization", RequestSigning.sign(signed, signer).header())
                        .method(
                                method,
                                bodiless
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))
                        .build();
        return send(request);
    }

    /// A request that is wrong somewhere, signed as far as it can be. A refusal may close the
    /// connection while the next request is on its way: then it is sent again.
    TestClient.Answer sendRaw(TestServer server, String to, Garbage.Request garbage) {
        String method = garbage.route().method().name();
        RequestSigning.Request signed =
                new RequestSigning.Request(
                        method, garbage.target(), ServerName.parse(to), object(garbage.body()));
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.uri() + garbage.target()))
                        .timeout(PATIENCE)
                        .header("Authorization", RequestSigning.sign(signed, signer).header())
                        .method(method, HttpRequest.BodyPublishers.ofByteArray(garbage.body()))
                        .build();
        for (int attempt = 1; ; attempt++) {
            try {
                return send(request);
            } catch (UncheckedIOException e) {
                if (attempt == 5) {
                    throw e;
                }
            }
        }
    }

    private static @Nullable JsonObject object(byte[] body) {
        try {
            return body.length == 0 ? null : Json.parseObject(body);
        } catch (JsonException e) {
            return null;
        }
    }

    private TestClient.Answer send(HttpRequest request) {
        try {
            HttpResponse<byte[]> response =
                    client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new TestClient.Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// A transaction of this server.
    TestClient.Answer transaction(
            TestServer server, String to, List<JsonObject> pdus, List<JsonObject> edus) {
        return send(
                server,
                to,
                "PUT",
                "/_matrix/federation/v1/send/fake" + TRANSACTIONS.incrementAndGet(),
                JsonObject.of(
                        "origin",
                        name.value(),
                        "origin_server_ts",
                        System.currentTimeMillis(),
                        "pdus",
                        JsonArray.of(pdus),
                        "edus",
                        JsonArray.of(edus)));
    }

    /// A transaction with events.
    ///
    /// @return what became of each
    JsonObject pdus(TestServer server, String to, Event... events) {
        List<JsonObject> pdus = Stream.of(events).map(Event::json).toList();
        return ok(transaction(server, to, pdus, List.of())).object("pdus").orElseThrow();
    }

    /// A transaction with one thing that is no event.
    void edu(TestServer server, String to, String type, JsonObject content) {
        JsonObject edu = JsonObject.of("edu_type", type, "content", content);
        ok(transaction(server, to, List.of(), List.of(edu)));
    }

    private static JsonObject ok(TestClient.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    @Override
    public void close() {
        https.stop(0);
        client.close();
    }
}
