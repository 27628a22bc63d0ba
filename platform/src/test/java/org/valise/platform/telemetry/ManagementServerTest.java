package org.valise.platform.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.HttpConfig;
import org.valise.platform.http.HttpPorts;
import org.valise.platform.http.HttpServer;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.RateLimits;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.json.Json;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

final class ManagementServerTest {
    private final Metrics metrics = new Metrics();
    private final Readiness readiness = new Readiness();
    private final HttpClient client = HttpClient.newHttpClient();
    private ManagementServer management;

    @BeforeEach
    void start() {
        management = new ManagementServer(HttpConfig.onFreePort(), metrics, readiness).start();
    }

    @AfterEach
    void stop() {
        client.close();
        management.close();
    }

    @Test
    void isAliveWhetherReadyOrNot() throws Exception {
        readiness.add(
                "database",
                () -> {
                    throw new IllegalStateException("gone");
                });
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }

    @Test
    void isReadyWhenEveryCheckPasses() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        readiness.add("stream", () -> {});
        readiness.add(
                "database",
                () -> {
                    if (broken.get()) {
                        throw new IllegalStateException("gone");
                    }
                });
        var ready = get("/ready");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body())
                .isEqualTo("{\"ready\":true,\"checks\":{\"database\":\"ok\",\"stream\":\"ok\"}}");
        broken.set(true);
        var unready = get("/ready");
        assertThat(unready.statusCode()).isEqualTo(503);
        assertThat(
                        Json.parseObject(unready.body().getBytes())
                                .object("checks")
                                .orElseThrow()
                                .string("database")
                                .orElseThrow())
                .contains("gone");
    }

    @Test
    void countsACheckThatHangsAsFailed() throws Exception {
        readiness.add("hangs", () -> Thread.sleep(60_000));
        assertThat(get("/ready").body()).contains("no answer within 2 s");
    }

    @Test
    void countsRequestsByOperationAndStatus() throws Exception {
        Endpoint endpoint =
                new Endpoint() {
                    @Override
                    public Route route() {
                        return Route.get("/rooms/{roomId}")
                                .spec("getRoom")
                                .auth(Auth.NONE)
                                .limit(RateLimit.PUBLIC);
                    }

                    @Override
                    public Reply handle(Call call) {
                        return Reply.text("12345");
                    }
                };
        HttpPorts ports =
                HttpPorts.of(
                                token -> {
                                    throw new IllegalStateException();
                                },
                                RateLimits.none())
                        .withObserver(new HttpMetrics(metrics));
        try (HttpServer server =
                new HttpServer(HttpConfig.onFreePort(), List.of(endpoint), ports).start()) {
            HttpMetrics.watch(server, metrics);
            for (String path : List.of("/rooms/a", "/rooms/b", "/nowhere?access_token=s3cret")) {
                client.send(
                        HttpRequest.newBuilder(server.uri().resolve(path)).build(),
                        HttpResponse.BodyHandlers.discarding());
            }
            String text = get("/metrics").body();
            assertThat(text)
                    .contains(
                            "valise_http_requests_total{operation=\"getRoom\",status=\"200\"} 2.0")
                    .contains(
                            "valise_http_requests_total{operation=\"unmatched\",status=\"404\"}"
                                    + " 1.0")
                    .contains("valise_http_response_bytes_total{operation=\"getRoom\"} 10.0")
                    .contains(
                            "valise_http_request_duration_seconds_bucket{operation=\"getRoom\",le=\"60.0\"}"
                                + " 2")
                    .contains("valise_http_requests_in_flight 0.0")
                    .contains("valise_http_connections 1.0")
                    .doesNotContain("s3cret");
        }
    }

    @Test
    void showsHowTheJvmIs() throws Exception {
        JvmMetrics.register(metrics);
        assertThat(get("/metrics").body())
                .contains("valise_jvm_heap_used_bytes ")
                .contains("valise_jvm_gc_seconds_total{collector=")
                .contains("valise_process_cpu_seconds_total ");
    }

    @Test
    void letsNoWebPageReadIt() throws Exception {
        assertThat(get("/metrics").headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(get("/nowhere").headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    private HttpResponse<String> get(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + management.port() + path);
        return client.send(
                HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
