package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Optional;

/// Cross-signing keys and signatures over HTTP.
final class CrossSigningTest {
    private static final String UPLOAD = "/_matrix/client/v3/keys/device_signing/upload";
    private static final String SIGN = "/_matrix/client/v3/keys/signatures/upload";
    private static final String SYNC = "/_matrix/client/v3/sync";
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-x" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-x" + people);
    private final CrossSigningKeys alices = new CrossSigningKeys(alice.userId());
    private final CrossSigningKeys bobs = new CrossSigningKeys(bob.userId());

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void theFirstKeysNeedNoAuthenticationAndTheSameOnesNeither() {
        assertThat(alice.post(UPLOAD, alices.all())).isEqualTo(JsonObject.of());
        assertThat(alice.post(UPLOAD, alices.all())).isEqualTo(JsonObject.of());
        assertThat(alice.post(UPLOAD, JsonObject.of("self_signing_key", alices.selfSigningKey())))
                .isEqualTo(JsonObject.of());
    }

    @Test
    void otherKeysNeedAuthentication() {
        alice.post(UPLOAD, alices.all());
        CrossSigningKeys other = new CrossSigningKeys(alice.userId());
        TestClient.Answer challenge = alice.send("POST", UPLOAD, other.all());
        assertThat(challenge.status()).isEqualTo(401);
        assertThat(masterSeenBy(bob)).isEqualTo(alices.masterKey());
        String session = challenge.json().string("session").orElseThrow();
        alice.post(UPLOAD, other.all().with("auth", alice.passwordProof(session)));
        assertThat(masterSeenBy(bob)).isEqualTo(other.masterKey());
    }

    @Test
    void aNewMasterKeyAloneTakesTheOldOnesKeysAway() {
        alice.post(UPLOAD, alices.all());
        CrossSigningKeys other = new CrossSigningKeys(alice.userId());
        JsonObject only = JsonObject.of("master_key", other.masterKey());
        String session = alice.send("POST", UPLOAD, only).json().string("session").orElseThrow();
        alice.post(UPLOAD, only.with("auth", alice.passwordProof(session)));
        JsonObject seen = KeyedDevice.query(alice, alice.userId());
        assertThat(seen.object("self_signing_keys")).contains(JsonObject.of());
        assertThat(seen.object("user_signing_keys")).contains(JsonObject.of());
    }

    @Test
    void theUserSigningKeyIsForItsOwnerOnly() {
        alice.post(UPLOAD, alices.all());
        JsonObject own = KeyedDevice.query(alice, alice.userId());
        JsonObject others = KeyedDevice.query(bob, alice.userId());
        assertThat(own.object("user_signing_keys").orElseThrow().object(alice.userId()))
                .contains(alices.userSigningKey());
        assertThat(others.object("user_signing_keys")).contains(JsonObject.of());
        assertThat(others.object("self_signing_keys").orElseThrow().object(alice.userId()))
                .contains(alices.selfSigningKey());
        assertThat(masterSeenBy(bob)).isEqualTo(alices.masterKey());
    }

    @Test
    void refusesKeysThatAreNotSignedByTheMasterKey() {
        JsonObject forged =
                new SigningPair()
                        .sign(
                                alices.key("self_signing", alices.selfSigning),
                                alice.userId(),
                                alices.master.publicKey());
        refused(
                JsonObject.of("master_key", alices.masterKey(), "self_signing_key", forged),
                400,
                "M_INVALID_SIGNATURE");
        refused(JsonObject.of("self_signing_key", alices.selfSigningKey()), 400, "M_MISSING_PARAM");
        refused(JsonObject.of("master_key", bobs.masterKey()), 400, "M_INVALID_PARAM");
        refused(
                JsonObject.of(
                        "master_key", alices.masterKey().with("usage", JsonArray.of("other"))),
                400,
                "M_INVALID_PARAM");
        assertThat(masterSeenBy(bob)).isNull();
    }

    @Test
    void refusesAKeyThatIsCalledLikeADevice() {
        String device = alices.master.publicKey();
        alice.post(
                "/_matrix/client/v3/login",
                JsonObject.of("type", "m.login.password", "device_id", device).toBuilder()
                        .putAll(alice.passwordProof("").without("type", "session"))
                        .build());
        refused(alices.all(), 403, "M_FORBIDDEN");
    }

    private void refused(JsonObject body, int status, String errcode) {
        TestClient.Answer answer = alice.send("POST", UPLOAD, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().string("errcode")).contains(errcode);
    }

    @Test
    void signaturesOfOwnDevicesAreSeenByEverybody() {
        KeyedDevice device = new KeyedDevice(alice);
        JsonObject keys = device.uploadIdentity();
        alice.post(UPLOAD, alices.all());
        JsonObject signed =
                alices.selfSigning.sign(keys, alice.userId(), alices.selfSigning.publicKey());
        assertThat(sign(alice, alice.userId(), device.id(), signed)).isEqualTo(JsonObject.of());
        assertThat(device.seenBy(bob).without("unsigned")).isEqualTo(signed);
        // The device uploads its keys as it knows them: the signature stays.
        device.upload("device_keys", keys);
        assertThat(device.seenBy(bob).without("unsigned")).isEqualTo(signed);
    }

    @Test
    void aDevicesSignatureOfTheMasterKeyIsSeenByEverybody() {
        KeyedDevice device = KeyedDevice.withKeys(alice);
        alice.post(UPLOAD, alices.all());
        JsonObject signed = device.identity().sign(alices.masterKey(), alice.userId(), device.id());
        assertThat(sign(alice, alice.userId(), alices.master.publicKey(), signed))
                .isEqualTo(JsonObject.of());
        assertThat(masterSeenBy(bob)).isEqualTo(signed);
    }

    @Test
    void whatAUserSignedOfOthersOnlyTheySee() {
        alice.post(UPLOAD, alices.all());
        bob.post(UPLOAD, bobs.all());
        JsonObject signed =
                bobs.userSigning.sign(
                        alices.masterKey(), bob.userId(), bobs.userSigning.publicKey());
        assertThat(sign(bob, alice.userId(), alices.master.publicKey(), signed))
                .isEqualTo(JsonObject.of());
        assertThat(masterSeenBy(bob)).isEqualTo(signed);
        assertThat(masterSeenBy(alice)).isEqualTo(alices.masterKey());
        TestClient carol = TestClient.register(SERVER, "carol-x" + people);
        assertThat(masterSeenBy(carol)).isEqualTo(alices.masterKey());
    }

    @Test
    void eachSignatureFailsAlone() {
        KeyedDevice device = new KeyedDevice(alice);
        JsonObject keys = device.uploadIdentity();
        alice.post(UPLOAD, alices.all());
        bob.post(UPLOAD, bobs.all());
        JsonObject good =
                alices.selfSigning.sign(keys, alice.userId(), alices.selfSigning.publicKey());
        JsonObject forged =
                new SigningPair()
                        .sign(bobs.masterKey(), alice.userId(), alices.userSigning.publicKey());
        JsonObject failures =
                alice.post(
                                SIGN,
                                JsonObject.of(
                                        alice.userId(),
                                        JsonObject.of(device.id(), good, "NOSUCH", good),
                                        bob.userId(),
                                        JsonObject.of(bobs.master.publicKey(), forged)))
                        .object("failures")
                        .orElseThrow();
        assertThat(errcode(failures, alice.userId(), "NOSUCH")).contains("M_NOT_FOUND");
        assertThat(errcode(failures, bob.userId(), bobs.master.publicKey()))
                .contains("M_INVALID_SIGNATURE");
        assertThat(errcode(failures, alice.userId(), device.id())).isEmpty();
        assertThat(device.seenBy(bob).without("unsigned")).isEqualTo(good);
    }

    @Test
    void refusesASignatureOfAnotherKeyThanTheOneThatIsThere() {
        KeyedDevice device = new KeyedDevice(alice);
        device.uploadIdentity();
        alice.post(UPLOAD, alices.all());
        JsonObject other =
                alices.selfSigning.sign(
                        device.deviceKeys(), alice.userId(), alices.selfSigning.publicKey());
        JsonObject failures = sign(alice, alice.userId(), device.id(), other);
        assertThat(errcode(failures, alice.userId(), device.id())).contains("M_INVALID_SIGNATURE");
    }

    @Test
    void theKeysOfAClosedAccountGo() {
        alice.post(UPLOAD, alices.all());
        String path = "/_matrix/client/v3/account/deactivate";
        String session =
                alice.send("POST", path, JsonObject.of()).json().string("session").orElseThrow();
        alice.post(path, JsonObject.of("auth", alice.passwordProof(session)));
        Waiting.untilTrue(() -> masterSeenBy(bob) == null);
    }

    @Test
    void keysAndSignaturesAreNewsForThoseWhoMaySeeThem() {
        String room =
                alice.post("/_matrix/client/v3/createRoom", JsonObject.of("preset", "public_chat"))
                        .string("room_id")
                        .orElseThrow();
        bob.post("/_matrix/client/v3/join/" + room.replace("!", "%21"), JsonObject.of());
        bob.post(UPLOAD, bobs.all());
        String alicesToken = next(alice.get(SYNC).json());
        String bobsToken = next(bob.get(SYNC).json());
        alice.post(UPLOAD, alices.all());
        JsonObject bobsView = bob.get(SYNC + "?since=" + bobsToken).json();
        assertThat(changed(bobsView)).containsExactly(alice.userId());
        JsonObject alicesView = alice.get(SYNC + "?since=" + alicesToken).json();
        assertThat(changed(alicesView)).containsExactly(alice.userId());
        JsonObject signed =
                bobs.userSigning.sign(
                        alices.masterKey(), bob.userId(), bobs.userSigning.publicKey());
        sign(bob, alice.userId(), alices.master.publicKey(), signed);
        assertThat(changed(bob.get(SYNC + "?since=" + next(bobsView)).json()))
                .containsExactly(alice.userId());
        assertThat(changed(alice.get(SYNC + "?since=" + next(alicesView)).json())).isEmpty();
    }

    private static List<String> changed(JsonObject sync) {
        return sync.object("device_lists")
                .flatMap(lists -> lists.array("changed"))
                .map(JsonArray::strings)
                .orElse(List.of());
    }

    private static String next(JsonObject sync) {
        return sync.string("next_batch").orElseThrow();
    }

    private static JsonObject sign(TestClient client, String user, String key, JsonObject signed) {
        return client.post(SIGN, JsonObject.of(user, JsonObject.of(key, signed)))
                .object("failures")
                .orElseThrow();
    }

    private static Optional<String> errcode(JsonObject failures, String user, String key) {
        return failures.object(user)
                .flatMap(keys -> keys.object(key))
                .flatMap(failure -> failure.string("errcode"));
    }

    private JsonObject masterSeenBy(TestClient client) {
        return KeyedDevice.query(client, alice.userId())
                .object("master_keys")
                .flatMap(keys -> keys.object(alice.userId()))
                .orElse(null);
    }
}
