package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// A stop finishes what was accepted, and does not wait for long polls.
final class GracefulStopTest {

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void answersWhatIsInFlightForLongerThanASecond(HttpClient.Version version) throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        var endpoint =
                TestEndpoint.open(
                        Route.get("/slow"),
                        call -> {
                            if (call.query("warm").isEmpty()) {
                                started.countDown();
                                Thread.sleep(2_500);
                            }
                            return Reply.empty();
                        });
        try (TestServer server = TestServer.with(endpoint);
                HttpClient client = HttpClient.newBuilder().version(version).build()) {
            // The first request upgrades to HTTP/2; the slow one then is a stream of its own.
            assertThat(get(client, server, "/slow?warm=1").get().version()).isEqualTo(version);
            CompletableFuture<HttpResponse<String>> answer = get(client, server, "/slow");
            assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
            server.server().close();
            assertThat(answer.get(1, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void releasesLongPolls() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        var endpoint =
                TestEndpoint.open(
                        Route.get("/poll"),
                        call -> {
                            CountDownLatch wake = new CountDownLatch(1);
                            call.onRelease(wake::countDown);
                            waiting.countDown();
                            boolean released = wake.await(30, TimeUnit.SECONDS);
                            return Reply.text(
                                    "released "
                                            + released
                                            + " "
                                            + call.released()
                                            + " cancelled "
                                            + call.cancelled());
                        });
        try (TestServer server = TestServer.with(endpoint);
                HttpClient client = HttpClient.newHttpClient()) {
            CompletableFuture<HttpResponse<String>> answer = get(client, server, "/poll");
            assertThat(waiting.await(5, TimeUnit.SECONDS)).isTrue();
            long before = System.nanoTime();
            server.server().close();
            assertThat(answer.get(1, TimeUnit.SECONDS).body())
                    .isEqualTo("released true true cancelled false");
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void answersOnOpenConnectionsWhileItStopsAndThenClosesThem() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        var slow =
                TestEndpoint.open(
                        Route.get("/slow"),
                        call -> {
                            started.countDown();
                            finish.await(20, TimeUnit.SECONDS);
                            return Reply.empty();
                        });
        var quick = TestEndpoint.open(Route.get("/quick"), call -> Reply.empty());
        try (TestServer server = TestServer.with(slow, quick);
                RawConnection one = RawConnection.to(server);
                RawConnection other = RawConnection.to(server)) {
            one.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
            other.send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(other.read().headers()).doesNotContainKey("connection");
            assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
            Thread stopping = Thread.ofVirtual().start(() -> server.server().close());
            Thread.sleep(300);
            other.send("GET /quick HTTP/1.1\r\nHost: x\r\n\r\n");
            var answer = other.read();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.headers()).containsEntry("connection", "close");
            assertThat(other.isClosedByPeer()).isTrue();
            finish.countDown();
            assertThat(one.read().status()).isEqualTo(200);
            stopping.join();
        }
    }

    @Test
    void doesNotWaitForeverForAHandlerThatHangs() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        var endpoint =
                TestEndpoint.open(
                        Route.get("/hangs"),
                        call -> {
                            started.countDown();
                            Thread.sleep(30_000);
                            return Reply.empty();
                        });
        HttpConfig config = HttpConfig.onFreePort().withStopTimeout(Duration.ofMillis(500));
        HttpPorts ports = HttpPorts.of(TestServer::authenticate, RateLimits.none());
        try (TestServer server = TestServer.with(config, ports, endpoint);
                RawConnection connection = RawConnection.to(server)) {
            connection.send("GET /hangs HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(started.await(5, TimeUnit.SECONDS)).isTrue();
            long before = System.nanoTime();
            server.server().close();
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    private static CompletableFuture<HttpResponse<String>> get(
            HttpClient client, TestServer server, String path) {
        var request = HttpRequest.newBuilder(server.server().uri().resolve(path)).build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }
}
