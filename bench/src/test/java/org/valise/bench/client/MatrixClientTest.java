package org.valise.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Against the JDK's own HTTP server, which answers what it is told to.
class MatrixClientTest {
    private static final Account USER = new Account("@user:example.org", "token");

    private record Told(int status, boolean chunked, String body) {}

    private final Deque<Told> answers = new ArrayDeque<>();
    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private MatrixClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        client = new MatrixClient(uri, "secret");
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
        Told told = answers.remove();
        byte[] bytes = told.body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(told.status, told.chunked ? 0 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Test
    void readsLongAnswersInChunksAndWhole() throws IOException {
        String padding = "x".repeat(100_000);
        String body = "{\"next_batch\": \"s1\", \"padding\": \"" + padding + "\"}";
        for (boolean chunked : new boolean[] {true, false, true}) {
            answers.add(new Told(200, chunked, body));
            HttpAnswer answer = client.sync(USER, "0", "s0", Duration.ZERO);
            assertThat(answer.text()).isEqualTo(body);
            assertThat(MatrixClient.read(answer).nextBatch()).isEqualTo("s1");
        }
    }

    @Test
    void registersThroughTheStagesItCanDo() throws IOException {
        String flows =
                """
                "session": "s", "flows": [{"stages": ["m.login.recaptcha"]},
                  {"stages": ["m.login.registration_token", "m.login.dummy"]}]}
                """;
        answers.add(new Told(401, false, "{" + flows));
        answers.add(
                new Told(401, false, "{\"completed\": [\"m.login.registration_token\"], " + flows));
        answers.add(new Told(200, false, "{\"user_id\": \"@a:b\", \"access_token\": \"t\"}"));
        assertThat(client.register("a")).isEqualTo(new Account("@a:b", "t"));
        assertThat(requests.get(1)).contains("m.login.registration_token", "secret");
        assertThat(requests.get(2)).contains("m.login.dummy").doesNotContain("secret");
    }

    @Test
    void sendsAgainUnderTheSameTransactionWhenThereAreTooMany() throws IOException {
        answers.add(new Told(429, false, "{\"retry_after_ms\": 1}"));
        answers.add(new Told(200, false, "{\"event_id\": \"$e\"}"));
        client.send(USER, "!room:example.org", "hello");
        assertThat(requests).hasSize(2);
        assertThat(requests.get(0)).isEqualTo(requests.get(1)).contains("/rooms/%21room%3A");
    }

    @Test
    void saysWhyTheServerRefuses() {
        answers.add(new Told(403, false, "{\"errcode\": \"M_FORBIDDEN\", \"error\": \"no\"}"));
        assertThatThrownBy(() -> client.join(USER, "!room:example.org"))
                .isInstanceOf(RequestFailed.class)
                .hasMessage("HTTP 403 M_FORBIDDEN no");
    }
}
