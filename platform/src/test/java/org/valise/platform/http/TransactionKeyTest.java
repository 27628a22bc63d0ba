package org.valise.platform.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;

final class TransactionKeyTest {
    private static final Route SEND =
            Route.put("/_matrix/client/v3/rooms/{roomId}/send/{type}/{txnId}")
                    .spec("sendMessage")
                    .auth(Auth.ACCESS_TOKEN)
                    .limit(RateLimit.SEND_EVENT)
                    .replay(Replay.TRANSACTION)
                    .legacy();
    private static final Route REDACT =
            Route.put("/_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}")
                    .spec("redactEvent")
                    .auth(Auth.ACCESS_TOKEN)
                    .limit(RateLimit.SEND_EVENT)
                    .replay(Replay.TRANSACTION);

    @Test
    void isTheSameForTheSameRequestHoweverItIsEncoded() {
        try (TestServer server = server()) {
            String key = key(server, "/_matrix/client/v3/rooms/!a:b/send/m/1", "alice");
            assertThat(
                            key(
                                    server,
                                    "/_matrix/client/v3/rooms/%21a%3Ab/send/m/1?access_token=x",
                                    "alice"))
                    .isEqualTo(key);
            assertThat(key(server, "/_matrix/client/r0/rooms/!a:b/send/m/1", "alice"))
                    .isEqualTo(key);
        }
    }

    @Test
    void tellsRoomsTypesTransactionsAndEndpointsApart() {
        try (TestServer server = server()) {
            String base = "/_matrix/client/v3/rooms/";
            assertThat(
                            List.of(
                                    key(server, base + "!a:b/send/m/1", "alice"),
                                    key(server, base + "!a:c/send/m/1", "alice"),
                                    key(server, base + "!a:b/send/n/1", "alice"),
                                    key(server, base + "!a:b/send/m/2", "alice"),
                                    key(server, base + "!a:b/redact/m/1", "alice")))
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void tellsParametersApartThatReadTheSameInARow() {
        assertThat(TransactionKey.of(1, "t", List.of("ab", "c")))
                .isNotEqualTo(TransactionKey.of(1, "t", List.of("a", "bc")));
        assertThat(TransactionKey.of(1, "t", List.of("a")))
                .isNotEqualTo(TransactionKey.of(2, "t", List.of("a")));
        assertThat(TransactionKey.of(1, "t", List.of("a")).hash()).hasSize(16);
    }

    @Test
    void needsATokenAndATransactionIdInThePath() {
        assertThatThrownBy(() ->
                        Route.put("/a/{txnId}")
                                .spec("x")
                                .auth(Auth.NONE)
                                .limit(RateLimit.WRITE)
                                .replay(Replay.TRANSACTION))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        Route.put("/a")
                                .spec("x")
                                .auth(Auth.ACCESS_TOKEN)
                                .limit(RateLimit.WRITE)
                                .replay(Replay.TRANSACTION))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static TestServer server() {
        TestEndpoint.Handling handling = call -> Reply.text(call.transaction().toString());
        return TestServer.with(
                new TestEndpoint(SEND, handling), new TestEndpoint(REDACT, handling));
    }

    private static String key(TestServer server, String path, String token) {
        var answer =
                server.send(
                        "PUT", path, request -> request.header("Authorization", "Bearer " + token));
        assertThat(answer.status()).isEqualTo(200);
        return new String(answer.bytes());
    }
}
