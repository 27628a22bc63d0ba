package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

final class IdleTimeoutTest {

    @Test
    void outlastsTheLongestSync() {
        assertThat(HttpConfig.defaults().idleTimeout()).isGreaterThan(Duration.ofSeconds(90));
    }

    @Test
    void doesNotEndALongPoll() throws Exception {
        var endpoint =
                TestEndpoint.open(
                        Route.get("/poll"),
                        call -> {
                            CountDownLatch wake = new CountDownLatch(1);
                            call.onRelease(wake::countDown);
                            wake.await(1_500, TimeUnit.MILLISECONDS);
                            return Reply.text("released " + call.released());
                        });
        try (TestServer server = impatient(endpoint);
                RawConnection connection = RawConnection.to(server)) {
            connection.send("GET /poll HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(connection.read().body()).isEqualTo("released false");
        }
    }

    @Test
    void endsAConnectionThatSaysNothing() throws Exception {
        try (TestServer server = impatient();
                RawConnection connection = RawConnection.to(server)) {
            connection.send("GET /poll HTT");
            long before = System.nanoTime();
            connection.read();
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isLessThan(Duration.ofSeconds(5));
        }
    }

    @Test
    void answers408ToABodyThatDoesNotCome() throws Exception {
        var endpoint = TestEndpoint.open(Route.put("/body"), call -> Reply.empty());
        try (TestServer server = impatient(endpoint);
                RawConnection connection = RawConnection.to(server)) {
            connection.send("PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{");
            var answer = connection.read();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.body()).contains("M_UNKNOWN");
            assertThat(connection.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void answers408ToABodyThatDripsIn() throws Exception {
        var endpoint = TestEndpoint.open(Route.put("/body"), call -> Reply.empty());
        try (TestServer server = impatient(endpoint);
                RawConnection connection = RawConnection.to(server)) {
            connection.send("PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{");
            Thread dripping =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    for (int i = 0; i < 1000; i++) {
                                        connection.send(" ");
                                        Thread.sleep(50);
                                    }
                                } catch (IOException | InterruptedException e) {
                                    // The server has had enough.
                                }
                            });
            long before = System.nanoTime();
            assertThat(connection.read().status()).isEqualTo(408);
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .isLessThan(Duration.ofSeconds(5));
            dripping.interrupt();
            dripping.join();
        }
    }

    @Test
    void waitsForALargeBodyThatComesSteadily() throws Exception {
        var endpoint =
                TestEndpoint.open(Route.put("/body"), call -> Reply.text(call.bytes().length + ""));
        try (TestServer server = impatient(endpoint);
                RawConnection connection = RawConnection.to(server)) {
            connection.send("PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n");
            for (int i = 0; i < 20; i++) {
                connection.send(" ".repeat(2_000));
                Thread.sleep(40);
            }
            assertThat(connection.read().body()).isEqualTo("40000");
        }
    }

    private static TestServer impatient(Endpoint... endpoints) {
        HttpConfig config = HttpConfig.onFreePort().withIdleTimeout(Duration.ofMillis(500));
        return TestServer.with(
                config, HttpPorts.of(TestServer::authenticate, RateLimits.none()), endpoints);
    }
}
