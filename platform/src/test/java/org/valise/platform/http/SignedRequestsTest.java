package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.id.ServerName;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Requests of other servers, of which those with large bodies wait for each other.
final class SignedRequestsTest {
    private static final int AT_ONCE = 40;
    private static final long ALL_OF_AN_ADDRESS =
            (long) SignedBodies.ROOM_OF_AN_ADDRESS * SignedBodies.UNIT;

    private final AtomicInteger inside = new AtomicInteger();
    private final CountDownLatch taken = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final CountDownLatch reading = new CountDownLatch(AT_ONCE);

    /// Holds on to its room until the test is done with it.
    private final Endpoint taking =
            signed(
                    Route.put("/taking"),
                    call -> {
                        inside.incrementAndGet();
                        taken.countDown();
                        return awaited(done);
                    });

    /// Answers when that many are here at once.
    private final Endpoint together =
            signed(
                    Route.get("/together"),
                    call -> {
                        reading.countDown();
                        return awaited(reading);
                    });

    private static Endpoint signed(Route.NeedsName route, TestEndpoint.Handling handling) {
        return new TestEndpoint(
                route.extension("test").auth(Auth.SERVER_SIGNATURE).limit(RateLimit.FEDERATION),
                handling);
    }

    private static Reply awaited(CountDownLatch latch) throws InterruptedException {
        return Reply.text(latch.await(60, TimeUnit.SECONDS) ? "in time" : "too late");
    }

    /// A body of which nobody says how long it is may be as long as any.
    private static int take(TestServer server) {
        return server.send(
                        "PUT",
                        "/taking",
                        request ->
                                request.PUT(
                                        BodyPublishers.ofInputStream(
                                                () -> new ByteArrayInputStream("{}".getBytes()))))
                .status();
    }

    @Test
    void whatHasNoBodyNeedsNoRoomWhenOthersHaveTakenAll() throws Exception {
        HttpConfig config = HttpConfig.onFreePort().withMaxBody(ALL_OF_AN_ADDRESS);
        HttpPorts ports =
                HttpPorts.of(TestServer::authenticate, RateLimits.none())
                        .withServers(request -> ServerName.parse("there.example"));
        try (TestServer server = TestServer.with(config, ports, taking, together);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> first = callers.submit(() -> take(server));
            assertThat(taken.await(60, TimeUnit.SECONDS)).isTrue();
            Future<Integer> second = callers.submit(() -> take(server));
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                answers.add(callers.submit(() -> new String(server.get("/together").bytes())));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("in time");
            }
            assertThat(inside).as("all room is taken").hasValue(1);
            done.countDown();
            assertThat(first.get()).isEqualTo(200);
            second.get();
        }
    }
}
