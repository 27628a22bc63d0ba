package org.valise.platform.telemetry;

import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.HttpConfig;
import org.valise.platform.http.HttpServer;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.RateLimits;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Map;

/// The operator's port, apart from everybody's: `/metrics`, `/health` (the process lives) and
/// `/ready` (it should be given requests).
///
/// SECURITY: it asks nobody who they are. It binds to this machine only unless the operator says
/// otherwise, and sends no CORS headers, so that no web page can read it from the operator's
/// browser.
public final class ManagementServer implements AutoCloseable {
    private final HttpServer server;

    public ManagementServer(HttpConfig config, Metrics metrics, Readiness readiness) {
        List<Endpoint> endpoints =
                List.of(
                        new Page(
                                "/metrics",
                                call -> Reply.bytes(200, Metrics.CONTENT_TYPE, metrics.render())),
                        new Page("/health", call -> Reply.json(JsonObject.of("status", "ok"))),
                        new Page("/ready", call -> ready(readiness)));
        this.server =
                new HttpServer(
                        config.withCors(false).withAccessLog(false),
                        endpoints,
                        token -> {
                            throw new MatrixException(
                                    ErrorCode.M_FORBIDDEN, "Nobody signs in here");
                        },
                        RateLimits.none());
    }

    public ManagementServer start() {
        server.start();
        return this;
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }

    private static Reply ready(Readiness readiness) {
        Map<String, String> outcomes = readiness.ask();
        boolean ready = outcomes.values().stream().allMatch("ok"::equals);
        JsonObject.Builder checks = JsonObject.builder();
        outcomes.forEach(checks::put);
        return Reply.status(
                ready ? 200 : 503, JsonObject.of("ready", ready, "checks", checks.build()));
    }

    private record Page(String path, Handling handling) implements Endpoint {
        interface Handling {
            Reply handle(Call call);
        }

        @Override
        public Route route() {
            return Route.get(path)
                    .extension("management" + path)
                    .auth(Auth.NONE)
                    .limit(RateLimit.PUBLIC);
        }

        @Override
        public Reply handle(Call call) {
            return handling.handle(call);
        }
    }
}
