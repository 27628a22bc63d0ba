package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.KeyId;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.id.UserId;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.Signer;
import org.valise.server.FakeServer.Answer;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// Rooms in which a policy server looks at every event first.
final class FederatedPolicyServerTest {
    private static final String SIGN = "/_matrix/policy/v1/sign";
    private static final AtomicInteger TRANSACTIONS = new AtomicInteger();

    @TempDir private static Path folder;
    private static TestFederation federation;
    private static TestServer one;
    private static FakeServer fake;
    private static FakeServer policy;
    private static FakeSigner key;
    private static TestClient alice;

    private final List<JsonObject> asked = new CopyOnWriteArrayList<>();
    private TestRoom room;
    private UserId mallory;
    private UserId bot;

    @BeforeAll
    static void start() {
        federation = TestFederation.in(folder).server("one").fake("fake").fake("policy").start();
        one = federation.server("one");
        fake = federation.fake("fake");
        policy = federation.fake("policy");
        key = new FakeSigner(ServerName.parse("policy.test"));
        alice = federation.register("one", "alice");
    }

    @AfterAll
    static void stop() {
        federation.close();
    }

    /// A room that Mallory and the policy server's bot have joined, with that policy server.
    @BeforeEach
    void enable() {
        mallory = UserId.parse("@mallory:fake.test");
        bot = UserId.parse("@bot:policy.test");
        room = TestRoom.open(alice);
        join(fake, mallory);
        join(policy, bot);
        recommendAll();
        setPolicy("policy.test");
    }

    private void join(FakeServer server, UserId user) {
        send(server, SeenRoom.of(server, one, room.id()).join(user));
        Waiting.untilTrue(() ->
                alice.get(room.path("/state/m.room.member/" + Synced.encoded(user.value())))
                                .status()
                        == 200);
    }

    private void setPolicy(String via) {
        room.setState(
                alice,
                "m.room.policy",
                "",
                JsonObject.of(
                        "via", via, "public_keys", JsonObject.of("ed25519", key.publicKey())));
    }

    private void recommendAll() {
        policy.on(
                SIGN,
                request -> {
                    asked.add(request.body());
                    return Answer.ok(signature(request.body()));
                });
    }

    private void refuseAll() {
        policy.on(
                SIGN,
                request -> {
                    asked.add(request.body());
                    return Answer.refusal(400, "M_FORBIDDEN");
                });
    }

    private JsonObject signature(JsonObject pdu) {
        Signer signer =
                new Signer() {
                    @Override
                    public ServerName server() {
                        return policy.name();
                    }

                    @Override
                    public KeyId keyId() {
                        return KeyId.ed25519("policy_server");
                    }

                    @Override
                    public byte[] sign(byte[] message) {
                        return key.sign(message);
                    }
                };
        JsonObject signatures =
                Event.parse(SeenRoom.of(fake, one, room.id()).version(), pdu)
                        .signedAlsoBy(signer)
                        .json()
                        .object("signatures")
                        .flatMap(all -> all.object("policy.test"))
                        .orElseThrow();
        return JsonObject.of(
                "policy.test", signatures.keep(name -> name.equals("ed25519:policy_server")));
    }

    private static void send(FakeServer from, Event event) {
        from.pdus(one, "one.test", event);
    }

    private TestClient.Answer say(String body) {
        return alice.send(
                "PUT",
                room.path("/send/m.room.message/p" + TRANSACTIONS.incrementAndGet()),
                JsonObject.of("msgtype", "m.text", "body", body));
    }

    private List<String> bodies() {
        return Synced.initial(alice).joined(room.id()).bodies();
    }

    private int status(Event event) {
        return Waiting.until(() ->
                one.database()
                        .read(tx ->
                                tx.one(
                                        "SELECT status FROM rooms.event WHERE event_id = ?",
                                        row -> row.getInt(1),
                                        event.id().value())));
    }

    @Test
    void whatItSignsIsSentWithItsSignature() {
        assertThat(asked).isEmpty(); // it is not asked about m.room.policy itself
        assertThat(say("fine").status()).isEqualTo(200);
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().object("content").orElseThrow().string("body"))
                .contains("fine");
        assertThat(bodies()).containsExactly("fine");
        assertThat(
                        SeenRoom.of(fake, one, room.id())
                                .last()
                                .json()
                                .object("signatures")
                                .orElseThrow()
                                .keys())
                .containsExactlyInAnyOrder("one.test", "policy.test");
    }

    @Test
    void whatItRefusesIsNotSentAndThePersonIsToldWhy() {
        refuseAll();
        TestClient.Answer refused = say("spam");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json())
                .isEqualTo(JsonObject.of("errcode", "M_FORBIDDEN", "error", "no, sorry"));
        assertThat(bodies()).isEmpty();
        recommendAll();
        assertThat(say("ham").status()).isEqualTo(200);
    }

    @Test
    void nothingIsSentWhileItCannotBeAskedOrItsSignatureIsWrong() {
        policy.on(SIGN, request -> Answer.refusal(500, "M_UNKNOWN"));
        assertThat(say("one").status()).isEqualTo(403);
        policy.on(SIGN, request -> Answer.ok(JsonObject.of("policy.test", JsonObject.of())));
        assertThat(say("two").status()).isEqualTo(403);
        assertThat(bodies()).isEmpty();
    }

    /// A client would log out, and lose its keys.
    @Test
    void doesNotSpeakOfTheUsersSession() {
        for (String code : List.of("M_UNKNOWN_TOKEN", "M_USER_LOCKED", "M_USER_DEACTIVATED")) {
            for (int status : new int[] {401, 403}) {
                policy.on(SIGN, request -> Answer.refusal(status, code));
                TestClient.Answer refused = say("one");
                assertThat(refused.status()).isEqualTo(403);
                assertThat(refused.json().string("errcode")).contains("M_FORBIDDEN");
            }
        }
        policy.on(SIGN, request -> Answer.refusal(401, "M_FORBIDDEN"));
        assertThat(say("two").status()).isEqualTo(403);
    }

    @Test
    void eventsOfOthersFailSoftlyUnlessItSignsThem() {
        SeenRoom seen = SeenRoom.of(fake, one, room.id());
        Event good = seen.say(mallory, "good");
        send(fake, good);
        Waiting.untilTrue(() -> bodies().equals(List.of("good")));
        refuseAll();
        Event bad = seen.say(mallory, "bad");
        send(fake, bad);
        assertThat(status(bad)).isEqualTo(1);
        assertThat(bodies()).containsExactly("good");
    }

    @Test
    void itCountsOnlyWhileItHasSomebodyInTheRoomAndIsNamed() {
        refuseAll();
        setPolicy("elsewhere.test");
        assertThat(say("nobody of it is here").status()).isEqualTo(200);
        setPolicy("policy.test");
        assertThat(say("spam").status()).isEqualTo(400);
        room.setState(alice, "m.room.policy", "", JsonObject.of());
        assertThat(say("it is named no more").status()).isEqualTo(200);
    }
}
