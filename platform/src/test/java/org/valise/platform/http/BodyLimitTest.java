package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.net.http.HttpRequest;

/// How large a body may be.
final class BodyLimitTest {
    private static final Endpoint ORDINARY =
            TestEndpoint.open(
                    Route.put("/ordinary"),
                    call -> Reply.json(JsonObject.of("bytes", call.bytes().length)));
    private static final Endpoint OWN =
            new TestEndpoint(
                    Route.put("/own")
                            .extension("own")
                            .auth(Auth.NONE)
                            .limit(RateLimit.PUBLIC)
                            .maxBody(200),
                    call -> Reply.json(JsonObject.of("bytes", call.bytes().length)));

    @Test
    void isWhatTheConfigurationSaysUnlessTheRouteSaysOtherwise() {
        HttpConfig config = HttpConfig.onFreePort().withMaxBody(100);
        HttpPorts ports = HttpPorts.of(TestServer::authenticate, RateLimits.none());
        try (TestServer server = TestServer.with(config, ports, ORDINARY, OWN)) {
            assertThat(put(server, "/ordinary", 100).json()).isEqualTo(JsonObject.of("bytes", 100));
            assertThat(put(server, "/ordinary", 101).status()).isEqualTo(413);
            assertThat(put(server, "/own", 200).json()).isEqualTo(JsonObject.of("bytes", 200));
            assertThat(put(server, "/own", 201).status()).isEqualTo(413);
        }
    }

    private static TestServer.Answer put(TestServer server, String path, int bytes) {
        var body = HttpRequest.BodyPublishers.ofByteArray(new byte[bytes]);
        return server.send("PUT", path, request -> request.PUT(body));
    }
}
