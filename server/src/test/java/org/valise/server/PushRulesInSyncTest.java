package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

/// Changed push rules reach the user's devices by `/sync`.
final class PushRulesInSyncTest {
    private static final String SYNC = "/_matrix/client/v3/sync";
    private static final String RULE = "/_matrix/client/v3/pushrules/global/room/!a:example.com";
    private static final TestServer SERVER = TestServer.start();

    private final TestClient alice = TestClient.register(SERVER, "alice-rules");

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void aChangedRuleEndsTheWaitingOfASync() throws InterruptedException {
        String since = alice.get(SYNC).json().string("next_batch").orElseThrow();
        var waiting = new TestClient.Answer[1];
        Thread poll =
                Thread.ofVirtual()
                        .start(() -> {
                            waiting[0] = alice.get(SYNC + "?timeout=15000&since=" + since);
                        });
        JsonObject rule = JsonObject.of("actions", JsonArray.of("notify"));
        assertThat(alice.send("PUT", RULE, rule).status()).isEqualTo(200);
        poll.join();
        assertThat(waiting[0].body()).contains("m.push_rules", "!a:example.com");
        String next = waiting[0].json().string("next_batch").orElseThrow();
        assertThat(alice.get(SYNC + "?since=" + next).body()).doesNotContain("m.push_rules");
    }
}
