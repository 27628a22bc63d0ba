package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.event.Event;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.roomversion.RoomVersion;
import org.valise.protocol.signature.JsonSigning;
import org.valise.protocol.signature.Signer;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Invitations of people of whom only an e-mail address was known: an identity server says whose it
/// is, the server of that person tells the one that invited, and this one invites them.
final class FederatedExchangeTest extends OneServer {
    private static final String INVITE = "/_matrix/federation/v2/invite/";
    private static final String EXCHANGE = "/_matrix/federation/v1/exchange_third_party_invite/";
    private static final String BIND = "/_matrix/federation/v1/3pid/onbind";
    private static final String GINA = "@gina:fake.test";
    private static final String TOKEN = "0a1b2c";

    private static FakeServer identity;
    private static TestClient bob;
    private static final JsonObject BOBS_ADDRESS =
            JsonObject.of("medium", "email", "address", "b@example.org");

    private static final List<FakeServer.Request> asked = new CopyOnWriteArrayList<>();

    private TestRoom room;

    @BeforeAll
    static void startIdentityServer() {
        identity = new FakeServer(federation.authority(), "localhost", FakeServer.freePort());
        bob = federation.register("one", "bob");
    }

    @AfterAll
    static void stopIdentityServer() {
        identity.close();
    }

    @BeforeEach
    void room() {
        room =
                TestRoom.create(
                        alice, JsonObject.of("preset", "private_chat", "room_version", "11"));
        asked.clear();
        fake.on(
                INVITE,
                request -> {
                    asked.add(request);
                    Event invite =
                            Event.parse(
                                    RoomVersion.V11, request.body().object("event").orElseThrow());
                    return FakeServer.Answer.ok(
                            JsonObject.of("event", invite.signedAlsoBy(fake.signer()).json()));
                });
        keyIsValid(true);
    }

    private static void keyIsValid(boolean valid) {
        identity.on(
                "/isvalid?public_key=",
                request -> FakeServer.Answer.ok(JsonObject.of("valid", valid)));
    }

    private static String validity() {
        return "https://localhost:" + identity.port() + "/isvalid";
    }

    private static JsonObject key(FakeSigner signer, String validity) {
        return JsonObject.of("public_key", signer.publicKey(), "key_validity_url", validity);
    }

    /// Alice invites whoever has an address.
    private void invited(JsonObject key) {
        room.setState(
                alice,
                "m.room.third_party_invite",
                TOKEN,
                key.with("display_name", "g...@example.org"));
    }

    /// What the identity server says of whose address it is.
    private static JsonObject signed(String user, Signer signer) {
        return JsonSigning.sign(JsonObject.of("mxid", user, "token", TOKEN), signer);
    }

    private static JsonObject signed(String user) {
        return signed(user, identity.signer());
    }

    private static JsonObject content(JsonObject signed) {
        return JsonObject.of(
                "membership", "invite", "third_party_invite", JsonObject.of("signed", signed));
    }

    private JsonObject claim(String user, JsonObject signed) {
        return JsonObject.of(
                "type",
                "m.room.member",
                "room_id",
                room.id(),
                "sender",
                alice.userId(),
                "state_key",
                user,
                "content",
                content(signed));
    }

    private TestClient.Answer exchange(JsonObject claim) {
        return fake.send(one, "one.test", "PUT", EXCHANGE + Synced.encoded(room.id()), claim);
    }

    private JsonObject member(String user) {
        return alice.get(room.path("/state/m.room.member/" + Synced.encoded(user))).json();
    }

    private static void refused(TestClient.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().string("errcode")).contains(code);
    }

    private void nobodyIsInvited() {
        assertThat(asked).isEmpty();
        assertThat(member(GINA).string("errcode")).contains("M_NOT_FOUND");
    }

    @Test
    void whoseServerShowsWhatTheIdentityServerSignedIsInvitedThroughIt() {
        invited(key(identity.signer(), validity()));
        TestClient.Answer answer = exchange(claim(GINA, signed(GINA)));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(JsonObject.of());
        JsonObject invitation = member(GINA);
        assertThat(invitation.string("membership")).contains("invite");
        assertThat(invitation.object("third_party_invite"))
                .contains(
                        JsonObject.of("display_name", "g...@example.org", "signed", signed(GINA)));
        assertThat(asked).hasSize(1);
        JsonObject sent = asked.getFirst().body().object("event").orElseThrow();
        assertThat(sent.string("sender")).contains(alice.userId());
        assertThat(sent.string("state_key")).contains(GINA);
    }

    @Test
    void aKeyWithoutAnAddressToAskAtIsValid() {
        List<String> before = List.copyOf(identity.requests());
        invited(JsonObject.of("public_key", identity.signer().publicKey()));
        assertThat(exchange(claim(GINA, signed(GINA))).status()).isEqualTo(200);
        assertThat(identity.requests()).isEqualTo(before);
    }

    @Test
    void oneOfSeveralKeysIsEnough() {
        FakeSigner other = new FakeSigner(ServerName.parse("localhost"));
        invited(
                key(other, "https://localhost:1/isvalid")
                        .with(
                                "public_keys",
                                JsonArray.of(
                                        key(other, validity()),
                                        key(identity.signer(), validity()))));
        assertThat(exchange(claim(GINA, signed(GINA))).status()).isEqualTo(200);
    }

    /// "H1 MUST verify […] the `key_validity_url` as still being valid."
    @Test
    void aKeyThatItsIdentityServerHasTakenBackProvesNothing() {
        invited(key(identity.signer(), validity()));
        keyIsValid(false);
        refused(exchange(claim(GINA, signed(GINA))), 403, "M_FORBIDDEN");
        nobodyIsInvited();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "http://localhost:%d/isvalid",
                "https://me@localhost:%d/isvalid",
                "https://localhost:1/isvalid",
                "https://localhost:%d/elsewhere",
                "file:///etc/passwd",
                "no address",
            })
    void aKeyOfWhichNobodySaysThatItIsValidProvesNothing(String url) {
        invited(key(identity.signer(), url.replace("%d", Integer.toString(identity.port()))));
        refused(exchange(claim(GINA, signed(GINA))), 403, "M_FORBIDDEN");
        nobodyIsInvited();
    }

    @Test
    void nothingElseThanTheInvitationThatWasSignedIsMade() {
        invited(key(identity.signer(), validity()));
        JsonObject good = claim(GINA, signed(GINA));
        Signer forger = new FakeSigner(ServerName.parse("localhost"));
        refused(exchange(claim(GINA, signed(GINA, forger))), 403, "M_FORBIDDEN");
        refused(exchange(claim(GINA, signed("@eve:fake.test"))), 403, "M_FORBIDDEN");
        String elsewhere = "@gina:elsewhere.test";
        refused(exchange(claim(elsewhere, signed(elsewhere))), 403, "M_FORBIDDEN");
        refused(exchange(good.with("sender", bob.userId())), 403, "M_FORBIDDEN");
        refused(exchange(good.with("sender", "@rose:fake.test")), 403, "M_FORBIDDEN");
        refused(exchange(good.with("room_id", "!other:one.test")), 400, "M_INVALID_PARAM");
        refused(exchange(good.with("type", "m.room.topic")), 400, "M_INVALID_PARAM");
        refused(
                exchange(good.with("content", content(signed(GINA)).with("membership", "join"))),
                400,
                "M_INVALID_PARAM");
        refused(
                exchange(good.with("content", JsonObject.of("membership", "invite"))),
                400,
                "M_MISSING_PARAM");
        nobodyIsInvited();
    }

    @Test
    void anInvitationThatWasTakenBackOrNeverWasIsAnsweredAlike() {
        TestClient.Answer never = exchange(claim(GINA, signed(GINA)));
        invited(key(identity.signer(), validity()));
        room.setState(alice, "m.room.third_party_invite", TOKEN, JsonObject.of());
        refused(exchange(claim(GINA, signed(GINA))), 403, "M_FORBIDDEN");
        room = new TestRoom("!nowhere:one.test");
        TestClient.Answer nowhere = exchange(claim(GINA, signed(GINA)));
        refused(nowhere, 403, "M_FORBIDDEN");
        assertThat(nowhere.body()).isEqualTo(never.body());
        assertThat(asked).isEmpty();
    }

    /// What an identity server says to the server of whoever has proven that an address is theirs.
    private TestClient.Answer bind(String user, JsonArray invites) {
        return bob.send("PUT", BIND, BOBS_ADDRESS.with("mxid", user).with("invites", invites));
    }

    private static JsonObject invite(String room, String sender, String user) {
        return BOBS_ADDRESS
                .with("mxid", user)
                .with("room_id", room)
                .with("sender", sender)
                .with("signed", signed(user));
    }

    @Test
    void whoIsFoundToBeOfThisServerIsInvitedHere() {
        invited(key(identity.signer(), validity()));
        JsonArray invites = JsonArray.of(invite(room.id(), alice.userId(), bob.userId()));
        TestClient.Answer answer = bind(bob.userId(), invites);

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(Synced.initial(bob).in("invite", room.id())).isPresent();
        assertThat(member(bob.userId()).string("membership")).contains("invite");
    }

    @Test
    void theServerOfWhoeverInvitedIsTold() {
        fake.on(
                EXCHANGE,
                request -> {
                    asked.add(request);
                    return FakeServer.Answer.ok(JsonObject.of());
                });
        String far = "!far:fake.test";
        TestClient.Answer answer =
                bind(bob.userId(), JsonArray.of(invite(far, "@rose:fake.test", bob.userId())));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(asked).hasSize(1);
        assertThat(asked.getFirst().path()).isEqualTo(EXCHANGE + Synced.encoded(far));
        assertThat(asked.getFirst().body())
                .isEqualTo(
                        JsonObject.of(
                                "type",
                                "m.room.member",
                                "room_id",
                                far,
                                "sender",
                                "@rose:fake.test",
                                "state_key",
                                bob.userId(),
                                "content",
                                content(signed(bob.userId()))));
        fake.on(EXCHANGE, request -> FakeServer.Answer.refusal(503, "M_UNKNOWN"));
        assertThat(
                        bind(
                                        bob.userId(),
                                        JsonArray.of(invite(far, "@rose:fake.test", bob.userId())))
                                .status())
                .isEqualTo(502);
    }

    /// SECURITY: whoever says so need not prove who they are, so it is of no use to say what is
    /// wrong.
    @Test
    void nothingIsDoneForWhoIsNotHereNorForTooManyAtOnce() {
        invited(key(identity.signer(), validity()));
        String nobody = "@nobody:one.test";
        refused(
                bind(nobody, JsonArray.of(invite(room.id(), alice.userId(), nobody))),
                400,
                "M_INVALID_PARAM");
        JsonObject good = invite(room.id(), alice.userId(), bob.userId());
        refused(
                bind(bob.userId(), JsonArray.of(Collections.nCopies(11, good))),
                400,
                "M_INVALID_PARAM");
        refused(bind(bob.userId(), JsonArray.of("x")), 400, "M_BAD_JSON");
        refused(
                bind(bob.userId(), JsonArray.of(good.with("signed", signed(GINA)))),
                403,
                "M_FORBIDDEN");
        assertThat(Synced.initial(bob).in("invite", room.id())).isEmpty();
    }
}
