package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.JsonSigning;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// Events of a server that is dead, and whose key nobody here ever had.
final class FederatedNotaryTest {
    private static final String QUERY = "/_matrix/key/v2/query";

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestServer one;
    private static FakeServer notary;
    private static FakeServer stranger;
    private static TestClient alice;

    @BeforeAll
    static void start() {
        federation =
                TestFederation.in(folder)
                        .server("one", Map.of("federation.notaries", "notary.test"))
                        .fake("notary")
                        .fake("stranger")
                        .absent("dead")
                        .start();
        one = federation.server("one");
        notary = federation.fake("notary");
        stranger = federation.fake("stranger");
        alice = federation.register("one", "alice");
    }

    @AfterAll
    static void stop() {
        federation.close();
    }

    /// Lets a server vouch for a key of the dead one.
    private static void vouch(FakeServer who, FakeSigner key) {
        JsonObject statement =
                JsonObject.of(
                        "server_name",
                        key.server().value(),
                        "valid_until_ts",
                        Instant.now().plus(Duration.ofDays(1)).toEpochMilli(),
                        "verify_keys",
                        JsonObject.of(key.keyId().value(), JsonObject.of("key", key.publicKey())));
        JsonObject both = JsonSigning.sign(JsonSigning.sign(statement, key), who.signer());
        who.on(
                QUERY,
                request -> FakeServer.Answer.ok(JsonObject.of("server_keys", JsonArray.of(both))));
    }

    private static void send(Event event) {
        stranger.pdus(one, "one.test", event);
    }

    private static boolean isMember(TestRoom room, UserId user) {
        return alice.get(room.path("/state/m.room.member/" + Synced.encoded(user.value()))).status()
                == 200;
    }

    /// SECURITY: the stranger, who sends the events, vouches for a key of its own making.
    @Test
    void areBelievedIfATrustedNotaryVouchesForTheKeyNotIfTheirSenderDoes() {
        FakeSigner real = new FakeSigner(ServerName.parse("dead.test"));
        FakeSigner forged = new FakeSigner(ServerName.parse("dead.test"));
        vouch(notary, real);
        vouch(stranger, forged);
        UserId dora = UserId.parse("@dora:dead.test");
        UserId eve = UserId.parse("@eve:dead.test");
        UserId mallory = UserId.parse("@mallory:stranger.test");
        JsonObject join = JsonObject.of("membership", "join");
        TestRoom room = TestRoom.open(alice);
        SeenRoom seen = SeenRoom.of(stranger, one, room.id());
        send(seen.join(mallory));
        Waiting.untilTrue(() -> isMember(room, mallory));
        send(seen.draft(eve, "m.room.member", eve.value(), join).sign(forged));
        send(seen.draft(dora, "m.room.member", dora.value(), join).sign(real));
        Waiting.untilTrue(() -> isMember(room, dora));
        send(seen.say(mallory, "later"));
        Waiting.untilTrue(() -> Synced.initial(alice).joined(room.id()).bodies().contains("later"));
        assertThat(isMember(room, eve)).isFalse();
    }
}
