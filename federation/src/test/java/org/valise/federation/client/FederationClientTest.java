package org.valise.federation.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.federation.Federation;
import org.valise.federation.client.FederationException.Reason;
import org.valise.platform.config.FederationSection;
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
import org.valise.protocol.id.ServerPattern;
import org.valise.protocol.json.JsonObject;
import org.valise.testing.TestAuthority;
import org.valise.testing.TestDatabase;

import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Requests from one server to another, each with its own keys, over real TLS.
class FederationClientTest {
    private static final List<String> MIGRATIONS = List.of("org/valise/federation/migration");
    private static final ServerName ONE = ServerName.parse("one.example");
    private static final ServerName TWO = ServerName.parse("two.example");

    @TempDir private static Path folder;
    private static TestDatabase databaseOfOne;
    private static TestDatabase databaseOfTwo;
    private static FederationSection config;
    private static TlsConfig tlsOfOne;
    private static TlsConfig tlsOfTwo;
    private Federation one;
    private Federation two;
    private HttpServer serverOfOne;
    private HttpServer serverOfTwo;

    private record Signed(Route.NeedsName path, Handling handling) implements Endpoint {
        interface Handling {
            Reply handle(Call call) throws Exception;
        }

        @Override
        public Route route() {
            return path.extension("test").auth(Auth.SERVER_SIGNATURE).limit(RateLimit.FEDERATION);
        }

        @Override
        public Reply handle(Call call) throws Exception {
            return handling.handle(call);
        }
    }

    @BeforeAll
    static void prepare() throws Exception {
        databaseOfOne = TestDatabase.create(MIGRATIONS);
        databaseOfTwo = TestDatabase.create(MIGRATIONS);
        TestAuthority authority = TestAuthority.in(folder);
        tlsOfOne = tls(authority.issue("one", "dns:one.example"));
        tlsOfTwo = tls(authority.issue("two", "dns:two.example"));
        config =
                new FederationSection(
                        List.of(new ServerPattern("*.example")),
                        Optional.empty(),
                        Optional.of(authority.certificate()),
                        List.of("127.0.0.1"),
                        Map.of(
                                ONE,
                                ServerName.parse("127.0.0.1:" + tlsOfOne.port()),
                                TWO,
                                ServerName.parse("127.0.0.1:" + tlsOfTwo.port())),
                        1_000,
                        Duration.ofDays(1),
                        1 << 20,
                        List.of());
    }

    private static TlsConfig tls(TestAuthority.Issued issued) throws Exception {
        try (ServerSocket free = new ServerSocket(0)) {
            return new TlsConfig(
                    "127.0.0.1", free.getLocalPort(), issued.certificates(), issued.key());
        }
    }

    @AfterAll
    static void end() {
        databaseOfOne.close();
        databaseOfTwo.close();
    }

    @BeforeEach
    void start() {
        one = new Federation(databaseOfOne.database(), ONE, config, "test", Clock.systemUTC());
        two = new Federation(databaseOfTwo.database(), TWO, config, "test", Clock.systemUTC());
        serverOfOne = serve(one, tlsOfOne);
        serverOfTwo = serve(two, tlsOfTwo);
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
        serverOfOne.close();
        serverOfTwo.close();
    }

    private static HttpServer serve(Federation federation, TlsConfig tls) {
        List<Endpoint> endpoints = new ArrayList<>(federation.endpoints());
        endpoints.add(
                new Signed(
                        Route.put("/test/{name}"),
                        call ->
                                Reply.json(
                                        call.jsonBody()
                                                .with("origin", call.origin().value())
                                                .with("name", call.path("name")))));
        endpoints.add(
                new Signed(Route.get("/test/large"), call -> Reply.text("x".repeat(100_000))));
        endpoints.add(
                new Signed(
                        Route.get("/test/refused"),
                        call -> {
                            throw new MatrixException(ErrorCode.M_NOT_FOUND, "no such thing");
                        }));
        HttpPorts ports =
                HttpPorts.of(
                                token -> {
                                    throw new IllegalStateException();
                                },
                                RateLimits.none())
                        .withServers(federation.authenticator());
        return new HttpServer(HttpConfig.onFreePort().withTls(tls), endpoints, ports).start();
    }

    private static FederationRequest put() {
        return FederationRequest.put(TWO, "/test/a%2Fb?c=%20d", JsonObject.of("é", 1));
    }

    private FederationException failure(FederationRequest request) {
        return catchThrowableOfType(FederationException.class, () -> one.client().send(request));
    }

    @Test
    void aSignedRequestIsAnsweredAndSaysWhoAsks() throws Exception {
        assertThat(one.client().send(put()))
                .isEqualTo(JsonObject.of("é", 1, "origin", "one.example", "name", "a/b"));
    }

    @Test
    void anUnknownKeyIsFetched() throws Exception {
        one.keys().rotate();
        assertThat(one.client().send(put()).string("origin")).contains("one.example");
    }

    @Test
    void refusalsBearTheirStatusAndCode() {
        FederationException refusal = failure(FederationRequest.get(TWO, "/test/refused"));
        assertThat(refusal.reason()).isEqualTo(Reason.REFUSED);
        assertThat(refusal.status()).isEqualTo(404);
        assertThat(refusal.errcode()).contains("M_NOT_FOUND");
        assertThat(refusal).hasMessageContaining("no such thing");
    }

    @Test
    void answersThatAreNoJsonOrTooLongAreUnusable() throws Exception {
        FederationRequest large = FederationRequest.get(TWO, "/test/large");
        assertThat(failure(large).reason()).isEqualTo(Reason.UNUSABLE);
        assertThat(failure(large.atMost(1_000)).reason()).isEqualTo(Reason.UNUSABLE);
        assertThat(
                        one.client()
                                .<Long>send(
                                        large,
                                        body ->
                                                body.transferTo(
                                                        java.io.OutputStream.nullOutputStream())))
                .isEqualTo(100_000);
    }

    @Test
    void nothingIsSentToOrTakenFromWhoMayNotFederate() {
        FederationRequest stranger =
                FederationRequest.get(ServerName.parse("a.stranger"), "/test/large");
        assertThat(failure(stranger).reason()).isEqualTo(Reason.NOT_ALLOWED);
        two.peers().deny(new ServerPattern("one.example"), "@admin:two.example");
        FederationException refused = failure(put());
        two.peers().forget(new ServerPattern("one.example"), "@admin:two.example");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.errcode()).contains("M_FORBIDDEN");
    }

    @Test
    void whoDoesNotAnswerIsLeftInPeaceUnlessItIsUrgent() throws Exception {
        serverOfTwo.close();
        assertThat(failure(put()).reason()).isEqualTo(Reason.UNREACHABLE);
        // On a slow machine the first, short rests may be over.
        for (int i = 0; i < 20 && failure(put()).reason() != Reason.RESTING; ) {
            i++;
        }
        assertThat(failure(put()).reason()).isEqualTo(Reason.RESTING);
        assertThat(failure(put().urgently()).reason()).isEqualTo(Reason.UNREACHABLE);
        serverOfTwo = serve(two, tlsOfTwo);
        assertThat(one.client().send(put().urgently())).isNotNull();
        assertThat(one.client().send(put())).isNotNull();
    }
}
