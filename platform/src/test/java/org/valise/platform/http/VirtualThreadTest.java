package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Handlers block: each must have a virtual thread, and there must be no limit to how many block at
/// a time.
final class VirtualThreadTest {

    @Test
    void runsEachHandlerOnAVirtualThread() {
        var endpoint =
                TestEndpoint.open(
                        Route.get("/thread"),
                        call ->
                                Reply.json(
                                        JsonObject.of(
                                                "virtual", Thread.currentThread().isVirtual())));
        try (TestServer server = TestServer.with(endpoint)) {
            assertThat(server.get("/thread").json()).isEqualTo(JsonObject.of("virtual", true));
        }
    }

    @Test
    void movesAHandlerThatJettyStartsOnAPlatformThread() throws Exception {
        // What Jetty does after a TLS handshake without ALPN: here by a connector that knows no
        // virtual threads.
        Server jetty = new Server();
        LocalConnector connector = new LocalConnector(jetty);
        jetty.addConnector(connector);
        jetty.setHandler(
                new VirtualThreadHandler(
                        new Handler.Abstract() {
                            @Override
                            public boolean handle(
                                    Request request, Response response, Callback callback) {
                                if (request.getHttpURI().getPath().equals("/fails")) {
                                    throw new IllegalStateException("on purpose");
                                }
                                response.setStatus(Thread.currentThread().isVirtual() ? 200 : 500);
                                callback.succeeded();
                                return true;
                            }
                        }));
        jetty.setErrorHandler(new MatrixErrorHandler(true));
        jetty.start();
        try {
            assertThat(
                            connector.getResponse(
                                    "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200");
            assertThat(
                            connector.getResponse(
                                    "GET /fails HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 500")
                    .contains("M_UNKNOWN");
        } finally {
            jetty.stop();
        }
    }

    @Test
    void letsFarMoreHandlersBlockThanThereArePlatformThreads() throws Exception {
        int calls = 400;
        CountDownLatch allIn = new CountDownLatch(calls);
        var endpoint =
                TestEndpoint.open(
                        Route.get("/block"),
                        call -> {
                            allIn.countDown();
                            allIn.await(20, TimeUnit.SECONDS);
                            return Reply.empty();
                        });
        try (TestServer server = TestServer.with(endpoint)) {
            List<RawConnection> connections = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                connections.add(
                        RawConnection.to(server).send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n"));
            }
            for (RawConnection connection : connections) {
                assertThat(connection.read().status()).isEqualTo(200);
                connection.close();
            }
        }
        assertThat(allIn.getCount()).isZero();
    }
}
