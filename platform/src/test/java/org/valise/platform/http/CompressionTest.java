package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.zip.GZIPInputStream;

final class CompressionTest {
    private static final byte[] TEXT = "abc".repeat(1000).getBytes(StandardCharsets.US_ASCII);
    private static final Endpoint[] ENDPOINTS = {
        TestEndpoint.open(Route.get("/json"), call -> Reply.segments(Collections.nCopies(3, TEXT))),
        TestEndpoint.open(Route.get("/short"), call -> Reply.text("abc")),
        TestEndpoint.open(Route.get("/image"), call -> Reply.bytes(200, "image/png", TEXT))
    };

    @Test
    void compressesLargeTextForWhoeverAsks() throws Exception {
        try (TestServer server = server(true)) {
            var answer =
                    server.send(
                            "GET",
                            "/json",
                            request -> request.header("Accept-Encoding", "br, gzip;q=0.5"));
            assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
            assertThat(answer.bytes()).hasSizeLessThan(500);
            byte[] read =
                    new GZIPInputStream(new ByteArrayInputStream(answer.bytes())).readAllBytes();
            assertThat(new String(read, StandardCharsets.US_ASCII)).isEqualTo("abc".repeat(3000));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, /json, identity",
        "true, /json, gzip;q=0",
        "true, /short, gzip",
        "true, /image, gzip",
        "false, /json, gzip"
    })
    void leavesEverythingElseAsItIs(boolean on, String path, String accepted) {
        try (TestServer server = server(on)) {
            var answer =
                    server.send(
                            "GET", path, request -> request.header("Accept-Encoding", accepted));
            assertThat(answer.header("Content-Encoding")).isEqualTo("none");
        }
    }

    private static TestServer server(boolean gzip) {
        HttpPorts ports = HttpPorts.of(TestServer::authenticate, RateLimits.none());
        return TestServer.with(HttpConfig.onFreePort().withGzip(gzip), ports, ENDPOINTS);
    }
}
