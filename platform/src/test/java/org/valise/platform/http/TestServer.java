package org.valise.platform.http;

import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// A server on a free port with the endpoints of a test, and a client for it. Its access tokens say
/// who they are for: `alice`, `guest`, `locked`, `suspended`, `appservice`.
final class TestServer implements AutoCloseable {
    private static final Map<String, AccountState> STATES =
            Map.of("locked", AccountState.LOCKED, "suspended", AccountState.SUSPENDED);

    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private TestServer(HttpServer server) {
        this.server = server;
    }

    static TestServer with(Endpoint... endpoints) {
        return with(RateLimits.none(), endpoints);
    }

    static TestServer with(RateLimits limits, Endpoint... endpoints) {
        return with(
                HttpConfig.onFreePort(), HttpPorts.of(TestServer::authenticate, limits), endpoints);
    }

    static TestServer with(HttpConfig config, HttpPorts ports, Endpoint... endpoints) {
        return new TestServer(new HttpServer(config, List.of(endpoints), ports).start());
    }

    static Caller authenticate(String token) {
        if (token.equals("expired")) {
            throw new MatrixException(ErrorCode.M_UNKNOWN_TOKEN, "Expired")
                    .status(401)
                    .with("soft_logout", true);
        }
        if (!List.of("alice", "bob", "guest", "locked", "suspended", "bot").contains(token)) {
            throw new MatrixException(ErrorCode.M_UNKNOWN_TOKEN, "Unknown token").status(401);
        }
        UserId user = UserId.parse("@" + token + ":example.org");
        AccountState state = STATES.getOrDefault(token, AccountState.ACTIVE);
        return new Caller(
                user,
                token.hashCode(),
                "DEVICE",
                7,
                token.equals("guest"),
                false,
                state,
                token.equals("bot"));
    }

    HttpServer server() {
        return server;
    }

    int port() {
        return server.port();
    }

    Answer get(String path) {
        return send("GET", path, request -> request);
    }

    Answer get(String path, String token) {
        return send("GET", path, request -> request.header("Authorization", "Bearer " + token));
    }

    Answer post(String path, String body) {
        return send(
                "POST", path, request -> request.POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    Answer send(String method, String path, UnaryOperator<HttpRequest.Builder> more) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server.uri() + path))
                        .method(method, HttpRequest.BodyPublishers.noBody());
        try {
            return new Answer(
                    client.send(
                            more.apply(request).build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new IllegalStateException(method + " " + path, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }

    /// What came back.
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        JsonObject json() {
            return Json.parseObject(response.body());
        }

        String errcode() {
            return json().string("errcode").orElse("none");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("none");
        }

        byte[] bytes() {
            return response.body();
        }
    }
}
