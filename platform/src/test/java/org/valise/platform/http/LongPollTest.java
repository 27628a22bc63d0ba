package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Long polls are cheap to keep.
final class LongPollTest {

    @Test
    void costsLittleToKeepAThousand() throws Exception {
        assertThat(heapOf(1_000)).isLessThan(20_000);
    }

    @Test
    @Tag("long")
    void costsLittleToKeepFiveThousand() throws Exception {
        assertThat(heapOf(5_000)).isLessThan(12_000);
    }

    /// Bytes of heap for each poll that waits.
    private static long heapOf(int polls) throws Exception {
        Semaphore waiting = new Semaphore(0);
        CountDownLatch finish = new CountDownLatch(1);
        var endpoint =
                TestEndpoint.signedIn(
                        Route.get("/_matrix/client/v3/sync"),
                        call -> {
                            CountDownLatch wake = new CountDownLatch(1);
                            call.onRelease(wake::countDown);
                            waiting.release();
                            finish.await(60, TimeUnit.SECONDS);
                            return Reply.empty();
                        });
        try (TestServer server = TestServer.with(endpoint)) {
            server.get("/_matrix/client/v3/sync/warm");
            long before = heap();
            List<RawConnection> connections = new ArrayList<>();
            for (int i = 0; i < polls; i++) {
                connections.add(
                        RawConnection.to(server)
                                .send(
                                        "GET /_matrix/client/v3/sync?timeout=30000&since=s1234_5678"
                                                + " HTTP/1.1\r\n"
                                                + "Host: matrix.example.org\r\n"
                                                + "User-Agent: Mozilla/5.0 (X11; Linux x86_64)"
                                                + " AppleWebKit/537.36 (KHTML, like Gecko)"
                                                + " Chrome/156\r\n"
                                                + "Accept: application/json\r\n"
                                                + "Accept-Language: fr,en;q=0.8\r\n"
                                                + "Authorization: Bearer alice\r\n\r\n"));
            }
            assertThat(waiting.tryAcquire(polls, 30, TimeUnit.SECONDS)).isTrue();
            long each = (heap() - before) / polls;
            System.out.println(
                    polls
                            + " long polls: "
                            + each
                            + " bytes of heap each (the client's side included)");
            finish.countDown();
            for (RawConnection connection : connections) {
                assertThat(connection.read().status()).isEqualTo(200);
                connection.close();
            }
            return each;
        }
    }

    private static long heap() throws InterruptedException {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(50);
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
