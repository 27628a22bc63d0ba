package org.valise.federation.outbox;

import org.jspecify.annotations.Nullable;
import org.valise.federation.Federation;
import org.valise.platform.config.FederationSection;
import org.valise.platform.database.Database;
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
import org.valise.platform.http.TlsConfig;
import org.valise.protocol.error.ErrorCode;
import org.valise.protocol.error.MatrixException;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A server that takes transactions and remembers what was in them.
final class TakingPeer implements Endpoint, AutoCloseable {
    private final Federation federation;
    private final TlsConfig tls;
    private final List<Long> events = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final List<String> ids = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();
    private final AtomicInteger atOnce = new AtomicInteger();
    private int mostAtOnce;
    private volatile long delayMillis;
    private volatile long refused;
    private @Nullable HttpServer server;

    TakingPeer(Database database, ServerName name, FederationSection config, TlsConfig tls) {
        this.federation = new Federation(database, name, config, "test", Clock.systemUTC());
        this.tls = tls;
    }

    static HttpServer serve(List<Endpoint> endpoints, Federation federation, TlsConfig tls) {
        HttpPorts ports =
                HttpPorts.of(
                                token -> {
                                    throw new AssertionError("nobody logs in");
                                },
                                RateLimits.none())
                        .withServers(federation.authenticator());
        return new HttpServer(HttpConfig.onFreePort().withTls(tls), endpoints, ports).start();
    }

    void start() {
        List<Endpoint> endpoints = new ArrayList<>(federation.endpoints());
        endpoints.add(this);
        server = serve(endpoints, federation, tls);
    }

    void stop() {
        HttpServer running = server;
        if (running != null) {
            running.close();
            server = null;
        }
    }

    void delayMillis(long millis) {
        delayMillis = millis;
    }

    /// Takes no transaction with this event.
    void refuse(long event) {
        refused = event;
    }

    @Override
    public Route route() {
        return Route.put("/_matrix/federation/v1/send/{txnId}")
                .extension("test")
                .auth(Auth.SERVER_SIGNATURE)
                .limit(RateLimit.FEDERATION);
    }

    @Override
    public Reply handle(Call call) throws Exception {
        int now = atOnce.incrementAndGet();
        try {
            Thread.sleep(delayMillis);
            take(call.path("txnId"), call.jsonBody(), now);
            return Reply.json(JsonObject.of("pdus", JsonObject.of()));
        } finally {
            atOnce.decrementAndGet();
        }
    }

    private synchronized void take(String id, JsonObject body, int now) {
        mostAtOnce = Math.max(mostAtOnce, now);
        List<Long> taken = new ArrayList<>();
        for (JsonObject pdu : ((JsonArray) body.get("pdus")).objects()) {
            taken.add(pdu.integer("position").orElseThrow());
        }
        if (taken.contains(refused)) {
            throw new MatrixException(ErrorCode.M_TOO_LARGE, "too large").status(413);
        }
        ids.add(id);
        sizes.add(taken.size());
        events.addAll(taken);
        if (body.get("edus") instanceof JsonArray edus) {
            for (JsonObject edu : edus.objects()) {
                texts.add(edu.object("content").orElseThrow().string("text").orElseThrow());
            }
        }
    }

    synchronized List<Long> events() {
        return List.copyOf(events);
    }

    synchronized List<String> texts() {
        return List.copyOf(texts);
    }

    synchronized List<String> ids() {
        return List.copyOf(ids);
    }

    synchronized List<Integer> sizes() {
        return List.copyOf(sizes);
    }

    synchronized int mostAtOnce() {
        return mostAtOnce;
    }

    @Override
    public void close() {
        stop();
        federation.close();
    }
}
