package org.valise.server;

import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A person at a plain HTTP client.
final class TestClient {
    private static final String PASSWORD = "correct horse battery";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final URI server;
    private final String name;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private String token = "";
    private String userId = "";
    private String deviceId = "";

    /// What came back.
    record Answer(int status, String contentType, byte[] bytes) {
        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        JsonObject json() {
            return Json.parseObject(bytes);
        }
    }

    private TestClient(URI server, String name) {
        this.server = server;
        this.name = name;
    }

    static TestClient register(TestServer server, String name) {
        var client = new TestClient(server.uri(), name);
        var asked = JsonObject.of("username", name, "password", PASSWORD);
        var session =
                client.send("POST", "/_matrix/client/v3/register", asked).json().string("session");
        var proof = JsonObject.of("type", "m.login.dummy", "session", session.orElseThrow());
        client.loggedIn(client.post("/_matrix/client/v3/register", asked.with("auth", proof)));
        return client;
    }

    /// A guest of a server that lets them in.
    static TestClient guest(TestServer server) {
        var client = new TestClient(server.uri(), "guest");
        client.loggedIn(client.post("/_matrix/client/v3/register?kind=guest", JsonObject.of()));
        return client;
    }

    /// The same device at another node of the server.
    TestClient at(TestServer node) {
        var client = new TestClient(node.uri(), name);
        client.token = token;
        client.userId = userId;
        client.deviceId = deviceId;
        return client;
    }

    /// The same person on another, new device.
    TestClient onAnotherDevice() {
        var client = new TestClient(server, name);
        client.logIn();
        return client;
    }

    /// What proves that the user is there, for a session of user-interactive authentication.
    JsonObject passwordProof(String session) {
        return JsonObject.of(
                "type",
                "m.login.password",
                "identifier",
                JsonObject.of("type", "m.id.user", "user", name),
                "password",
                PASSWORD,
                "session",
                session);
    }

    /// Logs in anew, on a new device.
    void logIn() {
        logIn(JsonObject.of());
    }

    /// Logs in anew, on a device of this id.
    void logIn(String device) {
        logIn(JsonObject.of("device_id", device));
    }

    private void logIn(JsonObject more) {
        token = "";
        loggedIn(
                post(
                        "/_matrix/client/v3/login",
                        JsonObject.of(
                                        "type",
                                        "m.login.password",
                                        "identifier",
                                        JsonObject.of("type", "m.id.user", "user", name),
                                        "password",
                                        PASSWORD)
                                .toBuilder()
                                .putAll(more)
                                .build()));
    }

    /// Closes the account for good.
    void deactivate() {
        String path = "/_matrix/client/v3/account/deactivate";
        String session = send("POST", path, JsonObject.of()).json().string("session").orElseThrow();
        post(
                path,
                JsonObject.of(
                        "auth",
                        JsonObject.of(
                                "type",
                                "m.login.password",
                                "identifier",
                                JsonObject.of("type", "m.id.user", "user", name),
                                "password",
                                PASSWORD,
                                "session",
                                session)));
    }

    private void loggedIn(JsonObject session) {
        token = session.string("access_token").orElseThrow();
        userId = session.string("user_id").orElseThrow();
        deviceId = session.string("device_id").orElseThrow();
    }

    boolean isLoggedIn() {
        return get("/_matrix/client/v3/account/whoami").status() == 200;
    }

    String token() {
        return token;
    }

    String userId() {
        return userId;
    }

    String deviceId() {
        return deviceId;
    }

    Answer get(String target) {
        return send("GET", target, new byte[0], "Bearer " + token);
    }

    /// Posts what must succeed.
    JsonObject post(String target, JsonObject body) {
        var answer = send("POST", target, body);
        if (answer.status() != 200) {
            throw new AssertionError(
                    "POST " + target + ": " + answer.status() + " " + answer.body());
        }
        return answer.json();
    }

    Answer send(String method, String target, JsonObject body) {
        return send(method, target, Json.write(body), token.isEmpty() ? "" : "Bearer " + token);
    }

    /// A refusal may close the connection while the next request is on its way: then it is sent
    /// again.
    Answer sendRaw(Garbage.Request request) {
        for (int attempt = 1; ; attempt++) {
            try {
                return send(
                        request.route().method().name(),
                        request.target(),
                        request.body(),
                        request.authorization());
            } catch (UncheckedIOException e) {
                if (attempt == 5) {
                    throw e;
                }
            }
        }
    }

    private Answer send(String method, String target, byte[] body, String authorization) {
        var request =
                HttpRequest.newBuilder(URI.create(server + target))
                        .timeout(PATIENCE)
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body.length == 0 && method.equals("GET")
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        try {
            HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
            return new Answer(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + target, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
