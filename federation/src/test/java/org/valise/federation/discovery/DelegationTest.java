package org.valise.federation.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
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
import org.valise.platform.http.TlsConfig;
import org.valise.platform.network.Network;
import org.valise.platform.outbound.AddressPolicy;
import org.valise.platform.outbound.Outbound;
import org.valise.platform.outbound.OutboundConfig;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonObject;
import org.valise.testing.TestAuthority;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// `/.well-known/matrix/server` of other hosts, over real TLS.
class DelegationTest {
    private static final Map<String, Reply> ANSWERS = new ConcurrentHashMap<>();
    private static final AtomicInteger ASKED = new AtomicInteger();

    @TempDir private static Path folder;
    private static HttpServer server;
    private static Outbound outbound;
    private static TestAuthority authority;
    private Instant now = Instant.parse("2026-11-22T00:00:00Z");
    private Delegation delegation;

    private record Answering(String path) implements Endpoint {
        @Override
        public Route route() {
            return Route.get(path).extension("test").auth(Auth.NONE).limit(RateLimit.PUBLIC);
        }

        @Override
        public Reply handle(Call call) {
            ASKED.incrementAndGet();
            Reply answer = ANSWERS.get(call.header("Host").orElse("").replaceAll(":.*", "") + path);
            return answer == null ? Reply.status(404, JsonObject.of()) : answer;
        }
    }

    @BeforeAll
    static void listen() {
        authority = TestAuthority.in(folder);
        TestAuthority.Issued issued = authority.issue("host", "dns:a.example,dns:b.example");
        TlsConfig tls = new TlsConfig("127.0.0.1", 0, issued.certificates(), issued.key());
        server =
                new HttpServer(
                                HttpConfig.onFreePort().withTls(tls),
                                List.of(
                                        new Answering("/.well-known/matrix/server"),
                                        new Answering("/other")),
                                token -> {
                                    throw new IllegalStateException();
                                },
                                RateLimits.none())
                        .start();
        outbound =
                new Outbound(
                        new OutboundConfig(
                                Optional.of(authority.certificate()),
                                new AddressPolicy(List.of(Network.parse("127.0.0.1"))),
                                host -> List.of(InetAddress.ofLiteral("127.0.0.1"))));
    }

    @AfterAll
    static void stop() {
        outbound.close();
        server.close();
    }

    @BeforeEach
    void begin() {
        ANSWERS.clear();
        ASKED.set(0);
        Clock clock =
                new Clock() {
                    @Override
                    public Instant instant() {
                        return now;
                    }

                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }
                };
        delegation = new Delegation(outbound, server.tlsPort(), clock);
    }

    private static void answers(String host, Reply reply) {
        ANSWERS.put(host + "/.well-known/matrix/server", reply);
    }

    private static Reply delegatingTo(String name) {
        return Reply.json(JsonObject.of("m.server", name));
    }

    private static String url(String host, String path) {
        return "https://" + host + ":" + server.tlsPort() + path;
    }

    @Test
    void anAnswerIsKeptForADayOrAsLongAsItWishes() {
        answers("a.example", delegatingTo("c.example:1"));
        for (int i = 0; i < 3; i++) {
            assertThat(delegation.of("a.example")).contains(ServerName.parse("c.example:1"));
        }
        now = now.plus(Duration.ofHours(23));
        delegation.of("a.example");
        assertThat(ASKED).hasValue(1);
        answers("a.example", delegatingTo("d.example").header("Cache-Control", "max-age=3600"));
        now = now.plus(Duration.ofHours(1));
        assertThat(delegation.of("a.example")).contains(ServerName.parse("d.example"));
        now = now.plus(Duration.ofHours(1));
        delegation.of("a.example");
        assertThat(ASKED).hasValue(3);
    }

    @Test
    void followsRedirectsButNoLoopsAndOnlyToHttps() {
        answers("a.example", Reply.redirect(url("b.example", "/other")));
        ANSWERS.put("b.example/other", delegatingTo("c.example"));
        assertThat(delegation.of("a.example")).contains(ServerName.parse("c.example"));
        answers("b.example", Reply.redirect("/.well-known/matrix/server"));
        ASKED.set(0);
        assertThat(delegation.of("b.example")).isEmpty();
        assertThat(ASKED.get()).isBetween(2, 10);
    }

    @Test
    void redirectsToAnythingButHttpsLeadNowhere() {
        for (String location :
                List.of(
                        "http://b.example/",
                        "ftp://b.example",
                        "https://u@b.example/",
                        "https:",
                        "\\")) {
            answers("a.example", Reply.redirect(location));
            assertThat(delegation.of("a.example")).as(location).isEmpty();
            now = now.plus(Duration.ofHours(2));
        }
        assertThat(ASKED).hasValue(5);
    }

    /// SECURITY: whoever has a name could have this server ask what only it can reach.
    @Test
    void redirectsIntoPrivateNetworksLeadNowhere() throws Exception {
        try (ServerSocket inside = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.2"))) {
            inside.setSoTimeout(300);
            answers(
                    "a.example",
                    Reply.redirect("https://127.0.0.2:" + inside.getLocalPort() + "/secret"));
            Outbound careful =
                    new Outbound(
                            new OutboundConfig(
                                    Optional.of(authority.certificate()),
                                    new AddressPolicy(List.of(Network.parse("127.0.0.1"))),
                                    host ->
                                            List.of(
                                                    InetAddress.ofLiteral(
                                                            host.equals("127.0.0.2")
                                                                    ? host
                                                                    : "127.0.0.1"))));
            try (careful) {
                assertThat(
                                new Delegation(careful, server.tlsPort(), Clock.systemUTC())
                                        .of("a.example"))
                        .isEmpty();
            }
            assertThat(ASKED).hasValue(1);
            assertThatThrownBy(inside::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void errorsAreKeptTheLongerTheMoreThereWere() {
        for (int minute = 0; minute < 600; minute++) {
            assertThat(delegation.of("a.example")).isEmpty();
            now = now.plus(Duration.ofMinutes(1));
        }
        assertThat(ASKED.get()).isBetween(10, 17);
        answers("a.example", delegatingTo("c.example"));
        now = now.plus(Duration.ofHours(1));
        assertThat(delegation.of("a.example")).isPresent();
    }

    @Test
    void whatIsInvalidTooLongOrNotOfTheHostDelegatesNowhere() {
        answers("a.example", Reply.text("{\"m.server\":"));
        assertThat(delegation.of("a.example")).isEmpty();
        now = now.plus(Duration.ofHours(2));
        answers("a.example", delegatingTo("c.example").withStatus(500));
        assertThat(delegation.of("a.example")).isEmpty();
        now = now.plus(Duration.ofHours(2));
        answers(
                "a.example",
                Reply.json(JsonObject.of("m.server", "c.example", "x", "y".repeat(60_000))));
        assertThat(delegation.of("a.example")).isEmpty();
        answers("c.example", delegatingTo("d.example"));
        assertThat(delegation.of("c.example")).isEmpty(); // its certificate is of others
    }
}
