package org.valise.platform.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.platform.http.Auth;
import org.valise.platform.http.Call;
import org.valise.platform.http.Endpoint;
import org.valise.platform.http.HttpConfig;
import org.valise.platform.http.HttpServer;
import org.valise.platform.http.RateLimit;
import org.valise.platform.http.RateLimits;
import org.valise.platform.http.Reply;
import org.valise.platform.http.Route;
import org.valise.platform.http.TestCertificates;
import org.valise.platform.network.Network;
import org.valise.platform.outbound.OutboundException.Reason;
import org.valise.protocol.json.Json;
import org.valise.protocol.json.JsonObject;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

class OutboundTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final CountDownLatch RELEASED = new CountDownLatch(1);

    @TempDir private static Path folder;
    private static TestCertificates certificates;
    private static HttpServer server;
    private Outbound outbound = open(List.of("127.0.0.1"), HostLookup.SYSTEM, true);

    private record Handled(Route route, Handling handling) implements Endpoint {
        interface Handling {
            Reply handle(Call call) throws Exception;
        }

        @Override
        public Reply handle(Call call) throws Exception {
            return handling.handle(call);
        }
    }

    private static Endpoint at(Route.NeedsName route, Handled.Handling handling) {
        return new Handled(
                route.extension("test").auth(Auth.NONE).limit(RateLimit.PUBLIC), handling);
    }

    @BeforeAll
    static void listen() throws Exception {
        certificates = TestCertificates.make(folder, "EC");
        List<Endpoint> endpoints =
                List.of(
                        at(
                                Route.get("/echo/{name}"),
                                call ->
                                        Reply.json(
                                                JsonObject.of(
                                                        "name",
                                                        call.path("name"),
                                                        "q",
                                                        call.query("q").orElse(""),
                                                        "host",
                                                        call.header("Host").orElse(""),
                                                        "x",
                                                        call.header("X").orElse("")))),
                        at(Route.post("/echo"), call -> Reply.json(call.jsonBody())),
                        at(
                                Route.get("/large"),
                                call -> Reply.bytes(200, "text/plain", new byte[1 << 20])),
                        at(Route.get("/away"), call -> Reply.redirect("https://127.0.0.1/")),
                        at(
                                Route.get("/slow"),
                                call -> {
                                    RELEASED.await(60, TimeUnit.SECONDS);
                                    return Reply.empty();
                                }));
        server =
                new HttpServer(
                                HttpConfig.onFreePort().withTls(certificates.config()),
                                endpoints,
                                token -> {
                                    throw new IllegalStateException();
                                },
                                RateLimits.none())
                        .start();
    }

    @AfterAll
    static void stop() {
        RELEASED.countDown();
        server.close();
    }

    @AfterEach
    void close() {
        outbound.close();
    }

    private static Outbound open(List<String> allowed, HostLookup hosts, boolean trusting) {
        try {
            return new Outbound(
                    new OutboundConfig(
                            trusting
                                    ? Optional.of(certificates.config().certificates())
                                    : Optional.empty(),
                            new AddressPolicy(allowed.stream().map(Network::parse).toList()),
                            hosts));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void reopen(List<String> allowed, HostLookup hosts, boolean trusting) {
        outbound.close();
        outbound = open(allowed, hosts, trusting);
    }

    private static Target target(String name) {
        return new Target(
                name,
                "served.example",
                List.of(new Target.Location("127.0.0.1", server.tlsPort())));
    }

    private static OutboundRequest get(Target target, String path) {
        return new OutboundRequest(target, "GET", path, Map.of("X", "y"), null, LONG, 1 << 16);
    }

    private JsonObject json(OutboundRequest request) throws OutboundException {
        return outbound.exchange(request, response -> Json.parseObject(response.bytes()));
    }

    private OutboundException failure(OutboundRequest request) {
        return catchThrowableOfType(
                OutboundException.class, () -> outbound.exchange(request, OutboundResponse::bytes));
    }

    @Test
    void sendsThePathTheHostHeaderAndTheBodyAsTheyAreGiven() throws Exception {
        assertThat(json(get(target("localhost"), "/echo/a%2Fb%20%C3%A9?q=%2B+c")))
                .isEqualTo(
                        JsonObject.of(
                                "name", "a/b é", "q", "+ c", "host", "served.example", "x", "y"));
        byte[] body = Json.write(JsonObject.of("a", 1));
        assertThat(
                        json(
                                new OutboundRequest(
                                        target("127.0.0.1"),
                                        "POST",
                                        "/echo",
                                        Map.of(),
                                        body,
                                        LONG,
                                        100)))
                .isEqualTo(JsonObject.of("a", 1));
    }

    @Test
    void connectionsAreUsedAgain() throws Exception {
        int before = server.connections();
        for (int i = 0; i < 20; i++) {
            json(get(target("localhost"), "/echo/" + i));
        }
        // A connection comes back just after its answer: now and then the next request is faster.
        assertThat(server.connections()).isLessThanOrEqualTo(before + 5);
    }

    @Test
    void believesOnlyACertificateOfTheNameFromAnAuthorityItTrusts() {
        assertThat(failure(get(target("other.example"), "/echo/a")).reason())
                .isEqualTo(Reason.UNREACHABLE);
        assertThat(failure(get(target("127.0.0.2"), "/echo/a")).reason())
                .isEqualTo(Reason.UNREACHABLE);
        reopen(List.of("127.0.0.1"), HostLookup.SYSTEM, false);
        assertThat(failure(get(target("localhost"), "/echo/a")).reason())
                .isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void reachesNoAddressThatIsNotAllowed() {
        reopen(List.of(), HostLookup.SYSTEM, true);
        assertThat(failure(get(target("localhost"), "/echo/a")).reason())
                .isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
    }

    @Test
    void connectsToTheAddressThatWasChecked() throws Exception {
        // A name whose second answer leads elsewhere: DNS rebinding.
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<String> answer = new AtomicReference<>("127.0.0.1");
        reopen(
                List.of("127.0.0.1"),
                host -> {
                    asked.incrementAndGet();
                    return List.of(
                            InetAddress.ofLiteral("127.0.0.9"),
                            InetAddress.ofLiteral(answer.getAndSet("127.0.0.8")));
                },
                true);
        Target named =
                new Target(
                        "localhost",
                        "localhost",
                        List.of(new Target.Location("rebinding.example", server.tlsPort())));
        assertThat(json(get(named, "/echo/a")).string("name")).contains("a");
        assertThat(asked).hasValue(1);
        Target again =
                new Target(
                        "localhost",
                        "other.example",
                        List.of(new Target.Location("rebinding.example", server.tlsPort())));
        assertThat(failure(get(again, "/echo/a")).reason()).isEqualTo(Reason.ADDRESS_NOT_ALLOWED);
    }

    @Test
    void triesTheNextLocationWhereOneDoesNotAnswer() throws Exception {
        int closedPort;
        try (ServerSocket socket = new ServerSocket(0)) {
            closedPort = socket.getLocalPort();
        }
        Target several =
                new Target(
                        "localhost",
                        "localhost",
                        List.of(
                                new Target.Location("127.0.0.1", closedPort),
                                new Target.Location("127.0.0.1", server.tlsPort())));
        assertThat(json(get(several, "/echo/a")).string("name")).contains("a");
        Target none =
                new Target(
                        "localhost",
                        "localhost",
                        List.of(new Target.Location("127.0.0.1", closedPort)));
        assertThat(failure(get(none, "/echo/a")).reason()).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void aHostWithoutAddressIsUnreachable() {
        Target nowhere =
                new Target(
                        "localhost",
                        "localhost",
                        List.of(new Target.Location("nowhere.invalid", server.tlsPort())));
        assertThat(failure(get(nowhere, "/echo/a")).reason()).isEqualTo(Reason.UNREACHABLE);
    }

    @Test
    void readsNoMoreThanItMay() {
        assertThat(failure(get(target("localhost"), "/large")).reason())
                .isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void waitsNoLongerThanItMay() {
        OutboundRequest slow =
                new OutboundRequest(
                        target("localhost"),
                        "GET",
                        "/slow",
                        Map.of(),
                        null,
                        Duration.ofMillis(300),
                        100);
        long before = System.nanoTime();
        assertThat(failure(slow).reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(LONG);
    }

    @Test
    void followsNoRedirects() throws Exception {
        assertThat(
                        outbound.<Integer>exchange(
                                get(target("localhost"), "/away"), OutboundResponse::status))
                .isEqualTo(302);
    }
}
