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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Events of a server that is dead, and whose key nobody here ever had.
final class FederatedNotaryTest {
    private static final String QUERY = "/_matrix/key/v2/query";
    private static final AtomicInteger TRANSACTIONS = new AtomicInteger();

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestServer one;
    private static FakeServer notary;
    private static FakeServer stranger;
    private static TestClient alice;

    @BeforeAll
    static void start() {
        int portOfNotary = FakeServer.freePort();
        int portOfStranger = FakeServer.freePort();
        String addresses =
                "notary.test=127.0.0.1:%d,stranger.test=127.0.0.1:%d,dead.test=127.0.0.1:%d"
                        .formatted(portOfNotary, portOfStranger, FakeServer.freePort());
        federation =
                TestFederation.in(folder)
                        .server(
                                "one",
                                Map.of(
                                        "federation.addresses",
                                        addresses,
                                        "federation.notaries",
                                        "notary.test"))
                        .start();
        one = federation.server("one");
        notary = new FakeServer(federation.authority(), "notary.test", portOfNotary);
        stranger = new FakeServer(federation.authority(), "stranger.test", portOfStranger);
        alice = federation.register("one", "alice");
    }

    @AfterAll
    static void stop() {
        Stream.of(notary, stranger).forEach(FakeServer::close);
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

    private static void send(FakeServer from, Event event) {
        TestClient.Answer answer =
                from.send(
                        one,
                        "one.test",
                        "PUT",
                        "/_matrix/federation/v1/send/n" + TRANSACTIONS.incrementAndGet(),
                        JsonObject.of(
                                "origin",
                                from.name().value(),
                                "origin_server_ts",
                                1,
                                "pdus",
                                JsonArray.of(event.json())));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
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
        send(stranger, seen.join(mallory));
        Waiting.untilTrue(() -> isMember(room, mallory));
        send(stranger, seen.draft(eve, "m.room.member", eve.value(), join).sign(forged));
        send(stranger, seen.draft(dora, "m.room.member", dora.value(), join).sign(real));
        Waiting.untilTrue(() -> isMember(room, dora));
        send(stranger, seen.say(mallory, "later"));
        Waiting.untilTrue(() -> Synced.initial(alice).joined(room.id()).bodies().contains("later"));
        assertThat(isMember(room, eve)).isFalse();
    }
}
