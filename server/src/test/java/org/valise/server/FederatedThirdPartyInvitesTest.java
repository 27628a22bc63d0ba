package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.id.ServerName;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.protocol.signature.JsonSigning;

import java.util.concurrent.atomic.AtomicInteger;

/// Somebody is invited by an address, which turns out to be that of a user of another server. The
/// test plays the identity server.
class FederatedThirdPartyInvitesTest extends TwoServers {
    private static final AtomicInteger TOKENS = new AtomicInteger();

    private static TestClient alice;
    private static TestClient bob;

    private final FakeSigner identity = new FakeSigner(ServerName.parse("identity.test"));
    private final String token = "token" + TOKENS.incrementAndGet();
    private TestRoom room;

    @BeforeAll
    static void register() {
        alice = federation.register("red", "alice");
        bob = federation.register("blue", "bob");
    }

    @BeforeEach
    void makeRoom() {
        room = TestRoom.create(alice, JsonObject.of("preset", "private_chat"));
    }

    private void inviteByAddress(JsonObject more) {
        JsonObject content =
                JsonObject.of("display_name", "b…@example.org", "public_key", identity.publicKey());
        room.setState(
                alice,
                "m.room.third_party_invite",
                token,
                content.toBuilder().putAll(more).build());
    }

    /// Bob's address turns out to be that of a user.
    private static JsonObject address(String user) {
        return JsonObject.of("medium", "email", "address", "bob@example.org", "mxid", user);
    }

    private static TestClient.Answer bound(String user, JsonArray invites) {
        return bob.send(
                "PUT",
                "/_matrix/federation/v1/3pid/onbind",
                address(user).with("invites", invites));
    }

    private TestClient.Answer bound(TestClient user, JsonObject signed) {
        JsonObject invite =
                address(user.userId())
                        .with("room_id", room.id())
                        .with("sender", alice.userId())
                        .with("signed", signed);
        return bound(user.userId(), JsonArray.of(invite));
    }

    private JsonObject signed(String user, String about) {
        return JsonSigning.sign(JsonObject.of("mxid", user, "token", about), identity);
    }

    private String membership() {
        return alice.get(room.path("/state/m.room.member/" + bob.userId()))
                .json()
                .string("membership")
                .orElse("");
    }

    @Test
    void whoeverTheAddressBelongsToIsInvitedAndJoins() {
        inviteByAddress(JsonObject.of());
        TestClient.Answer answer = bound(bob, signed(bob.userId(), token));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(membership()).isEqualTo("invite");
        Waiting.until(() -> Synced.initial(bob).in("invite", room.id()));
        room.join(bob);
        assertThat(membership()).isEqualTo("join");
    }

    @Test
    void nobodyIsInvitedWithoutTheSignatureOfTheIdentityServer() {
        inviteByAddress(JsonObject.of());
        FakeSigner stranger = new FakeSigner(ServerName.parse("identity.test"));
        JsonObject claim = JsonObject.of("mxid", bob.userId(), "token", token);
        assertRefused(bound(bob, JsonSigning.sign(claim, stranger)));
        assertRefused(bound(bob, signed("@eve:blue.test", token)));
        assertRefused(bound(bob, signed(bob.userId(), "another")));
        assertRefused(bound(bob, claim));
    }

    /// "The `key_validity_url` as still being valid."
    @Test
    void aKeyThatNobodySaysIsValidInvitesNobody() {
        inviteByAddress(JsonObject.of("key_validity_url", "https://127.0.0.1:1/isvalid"));
        assertRefused(bound(bob, signed(bob.userId(), token)));
    }

    @Test
    void invitationsThatAreNotThereAreNotMade() {
        assertRefused(bound(bob, signed(bob.userId(), token)));
        TestClient.Answer nobody = bound("@nobody:blue.test", JsonArray.of());
        assertThat(nobody.status()).isEqualTo(400);
    }

    private void assertRefused(TestClient.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isGreaterThanOrEqualTo(400);
        assertThat(membership()).isEmpty();
    }
}
