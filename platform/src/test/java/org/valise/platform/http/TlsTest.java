package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.JsonObject;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.net.ssl.SSLSocket;

final class TlsTest {
    private static final Endpoint THREAD =
            TestEndpoint.open(
                    Route.get("/thread"),
                    call ->
                            Reply.json(
                                    JsonObject.of("virtual", Thread.currentThread().isVirtual())));

    @TempDir private Path folder;

    @Test
    void runsHandlersOnVirtualThreadsAfterAHandshakeWithoutAlpn() throws Exception {
        TestCertificates certificates = TestCertificates.make(folder, "EC");
        int calls = 100;
        CountDownLatch allIn = new CountDownLatch(calls);
        var block =
                TestEndpoint.open(
                        Route.get("/block"),
                        call -> {
                            allIn.countDown();
                            boolean all = allIn.await(20, TimeUnit.SECONDS);
                            return Reply.text(Thread.currentThread().isVirtual() + " " + all);
                        });
        try (TestServer server = serving(certificates.config(), block)) {
            List<RawConnection> connections = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                connections.add(
                        new RawConnection(handshake(server, certificates))
                                .send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n"));
            }
            for (RawConnection connection : connections) {
                assertThat(connection.read().body()).isEqualTo("true true");
                connection.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void speaksBothVersionsOfHttp(HttpClient.Version version) throws Exception {
        TestCertificates certificates = TestCertificates.make(folder, "EC");
        try (TestServer server = serving(certificates.config(), THREAD);
                HttpClient client =
                        HttpClient.newBuilder()
                                .version(version)
                                .sslContext(certificates.client())
                                .build()) {
            URI uri = URI.create("https://localhost:" + server.server().tlsPort() + "/thread");
            var answer =
                    client.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.version()).isEqualTo(version);
            assertThat(answer.body()).isEqualTo("{\"virtual\":true}");
        }
    }

    @Test
    void endsALongPollWhoseClientWentAwayOverHttp2() throws Exception {
        TestCertificates certificates = TestCertificates.make(folder, "EC");
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch wake = new CountDownLatch(1);
        AtomicBoolean cancelled = new AtomicBoolean();
        var poll =
                TestEndpoint.open(
                        Route.get("/poll"),
                        call -> {
                            call.onRelease(() -> {
                                cancelled.set(call.cancelled());
                                wake.countDown();
                            });
                            waiting.countDown();
                            wake.await(20, TimeUnit.SECONDS);
                            return Reply.empty();
                        });
        try (TestServer server = serving(certificates.config(), poll);
                HttpClient client =
                        HttpClient.newBuilder().sslContext(certificates.client()).build()) {
            URI uri = URI.create("https://localhost:" + server.server().tlsPort() + "/poll");
            var answer =
                    client.sendAsync(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(waiting.await(5, TimeUnit.SECONDS)).isTrue();
            answer.cancel(true);
            assertThat(wake.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(cancelled).isTrue();
        }
    }

    @Test
    void takesRenewedCertificatesWithoutAStop() throws Exception {
        TestCertificates old = TestCertificates.make(folder, "EC");
        try (TestServer server = serving(old.config(), THREAD)) {
            assertThat(presented(server, old)).isEqualTo(old.certificate().getSerialNumber());
            TestCertificates renewed = TestCertificates.make(folder, "RSA");
            renewed.config();
            server.server().reloadCertificates();
            assertThat(presented(server, renewed))
                    .isEqualTo(renewed.certificate().getSerialNumber());
        }
    }

    @Test
    void keepsItsCertificatesWhenTheNewOnesAreBroken() throws Exception {
        TestCertificates good = TestCertificates.make(folder, "EC");
        TlsConfig config = good.config();
        try (TestServer server = serving(config, THREAD)) {
            Files.writeString(config.key(), "nonsense");
            assertThatThrownBy(server.server()::reloadCertificates)
                    .hasMessageContaining("no private key");
            assertThat(presented(server, good)).isEqualTo(good.certificate().getSerialNumber());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void readsKeysOfEachKind(String algorithm) throws Exception {
        TestCertificates certificates = TestCertificates.make(folder, algorithm);
        assertThat(PemKeys.load(certificates.config()).getKey("valise", new char[0]).getEncoded())
                .isEqualTo(certificates.key());
    }

    @Test
    void readsAnRsaKeyAsOpensslUsedToWriteIt() throws Exception {
        TestCertificates certificates = TestCertificates.make(folder, "RSA");
        byte[] pkcs8 = certificates.key();
        // version, algorithm and two headers of 26 bytes stand before the PKCS#1 key
        TlsConfig config =
                certificates.config("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, 26, pkcs8.length));
        assertThat(PemKeys.load(config).getKey("valise", new char[0]).getEncoded())
                .isEqualTo(pkcs8);
    }

    @Test
    void readsAnEcKeyAsOpensslUsedToWriteIt() throws Exception {
        TestCertificates certificates = TestCertificates.make(folder, "EC");
        ECPrivateKey key =
                (ECPrivateKey) certificates.store().getKey("x", "changeit".toCharArray());
        boolean large = key.getParams().getCurve().getField().getFieldSize() > 256;
        byte[] curve =
                large
                        ? new byte[] {(byte) 0xa0, 7, 6, 5, 0x2b, (byte) 0x81, 4, 0, 0x22}
                        : new byte[] {
                            (byte) 0xa0,
                            10,
                            6,
                            8,
                            0x2a,
                            (byte) 0x86,
                            0x48,
                            (byte) 0xce,
                            0x3d,
                            3,
                            1,
                            7
                        };
        int size = large ? 48 : 32;
        byte[] number = key.getS().toByteArray();
        byte[] padded = new byte[size];
        int from = Math.max(0, number.length - size);
        System.arraycopy(number, from, padded, size - (number.length - from), number.length - from);
        ByteArrayOutputStream sec1 = new ByteArrayOutputStream();
        sec1.writeBytes(
                new byte[] {0x30, (byte) (5 + size + curve.length), 2, 1, 1, 4, (byte) size});
        sec1.writeBytes(padded);
        sec1.writeBytes(curve);
        TlsConfig config = certificates.config("EC PRIVATE KEY", sec1.toByteArray());
        assertThat(((ECPrivateKey) PemKeys.load(config).getKey("valise", new char[0])).getS())
                .isEqualTo(key.getS());
    }

    private static TestServer serving(TlsConfig tls, Endpoint... endpoints) {
        HttpPorts ports = HttpPorts.of(TestServer::authenticate, RateLimits.none());
        return TestServer.with(HttpConfig.onFreePort().withTls(tls), ports, endpoints);
    }

    /// As Python and many bots do: no ALPN.
    private static SSLSocket handshake(TestServer server, TestCertificates certificates)
            throws Exception {
        SSLSocket socket =
                (SSLSocket)
                        certificates
                                .client()
                                .getSocketFactory()
                                .createSocket("127.0.0.1", server.server().tlsPort());
        socket.startHandshake();
        return socket;
    }

    private static java.math.BigInteger presented(TestServer server, TestCertificates certificates)
            throws Exception {
        try (SSLSocket socket = handshake(server, certificates)) {
            return ((java.security.cert.X509Certificate)
                            socket.getSession().getPeerCertificates()[0])
                    .getSerialNumber();
        }
    }
}
