package org.valise.platform.http;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.valise.platform.telemetry.LogConfig;
import org.valise.platform.telemetry.Logging;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Two servers to be measured from outside (`wrk -t1 -c64 -d6s --latency`): ours on 8801, and Jetty
/// with nothing above it on 8802, whose figures are the price of HTTP itself.
///
/// Paths: `/_matrix/client/v3/whoami` (authenticated, 100 bytes),
/// `/_matrix/client/v3/rooms/{roomId}/sync` (authenticated, 40 pieces of 250 bytes), `/poll` (waits
/// 60 s).
final class HttpBench {
    private static final byte[] SMALL =
            ("{\"user_id\":\"" + "x".repeat(86) + "\"}").getBytes(StandardCharsets.UTF_8);
    private static final List<byte[]> PIECES =
            Collections.nCopies(40, "x".repeat(250).getBytes(StandardCharsets.UTF_8));

    private HttpBench() {}

    public static void main(String[] args) throws Exception {
        boolean log = args.length > 0 && args[0].equals("--access-log");
        if (log) {
            Logging.configure(LogConfig.defaults());
        }
        HttpConfig config = HttpConfig.defaults().withPort(8801).withAccessLog(log);
        HttpServer server =
                new HttpServer(
                        config,
                        List.of(
                                TestEndpoint.signedIn(
                                        Route.get("/_matrix/client/v3/whoami"),
                                        call -> Reply.json(SMALL)),
                                TestEndpoint.signedIn(
                                        Route.get("/_matrix/client/v3/rooms/{roomId}/sync"),
                                        call -> Reply.segments(PIECES)),
                                TestEndpoint.open(
                                        Route.get("/poll"),
                                        call -> {
                                            CountDownLatch wake = new CountDownLatch(1);
                                            call.onRelease(wake::countDown);
                                            wake.await(60, TimeUnit.SECONDS);
                                            return Reply.empty();
                                        })),
                        TestServer::authenticate,
                        RateLimits.of(
                                java.util.Map.of(
                                        RateLimit.READ, new RateLimit.Rate(1e6, 1_000_000))));
        server.start();
        bare().start();
        Thread.currentThread().join();
    }

    private static Server bare() {
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setVirtualThreadsExecutor(
                java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
        Server server = new Server(threads);
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setPort(8802);
        server.addConnector(connector);
        server.setHandler(
                new Handler.Abstract() {
                    @Override
                    public boolean handle(Request request, Response response, Callback callback) {
                        response.setStatus(200);
                        response.write(true, ByteBuffer.wrap(SMALL), callback);
                        return true;
                    }
                });
        return server;
    }
}
