package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Keys of users of another server with whom no room is shared: their server is asked each time.
final class FederatedKeysTest extends TwoServers {
    private static final String UPLOAD = "/_matrix/client/v3/keys/device_signing/upload";
    private static final String SIGN = "/_matrix/client/v3/keys/signatures/upload";
    private static final String DEVICES = "/_matrix/client/v3/devices/";
    private static int people;

    private final TestClient alice = federation.register("red", "alice-k" + ++people);
    private final TestClient bob = federation.register("blue", "bob-k" + people);

    @BeforeEach
    void reach() {
        TestFederation.awaitReach(alice, bob);
    }

    private static JsonObject ofUser(JsonObject answer, String field, TestClient user) {
        return answer.object(field).flatMap(users -> users.object(user.userId())).orElse(null);
    }

    @Test
    void showsDevicesAndKeysOfAnotherServersUsers() {
        CrossSigningKeys bobs = new CrossSigningKeys(bob.userId());
        bob.post(UPLOAD, bobs.all());
        KeyedDevice device = new KeyedDevice(bob);
        JsonObject keys = device.uploadIdentity();
        bob.send("PUT", DEVICES + bob.deviceId(), JsonObject.of("display_name", "Bob's telephone"));
        JsonObject answer = KeyedDevice.query(alice, bob.userId());
        assertThat(answer.object("failures")).contains(JsonObject.of());
        assertThat(ofUser(answer, "device_keys", bob))
                .isEqualTo(
                        JsonObject.of(
                                bob.deviceId(),
                                keys.with(
                                        "unsigned",
                                        JsonObject.of("device_display_name", "Bob's telephone"))));
        assertThat(ofUser(answer, "master_keys", bob)).isEqualTo(bobs.masterKey());
        assertThat(ofUser(answer, "self_signing_keys", bob)).isEqualTo(bobs.selfSigningKey());
        // Whom Bob trusts is his own affair.
        assertThat(ofUser(answer, "user_signing_keys", bob)).isNull();
    }

    @Test
    void showsOnlyTheDevicesThatWereAskedFor() {
        KeyedDevice.withKeys(bob);
        KeyedDevice phone = KeyedDevice.withKeys(bob.onAnotherDevice());
        JsonObject answer =
                alice.post(
                        "/_matrix/client/v3/keys/query",
                        JsonObject.of(
                                "device_keys",
                                JsonObject.of(bob.userId(), JsonArray.of(phone.id(), "OTHER"))));
        assertThat(ofUser(answer, "device_keys", bob).keys()).containsExactly(phone.id());
    }

    @Test
    void whoDoesNotExistHasNoDevices() {
        JsonObject answer = KeyedDevice.query(alice, "@nobody:blue.test");
        assertThat(answer.object("failures")).contains(JsonObject.of());
        assertThat(
                        answer.object("device_keys")
                                .flatMap(users -> users.object("@nobody:blue.test"))
                                .orElse(JsonObject.of()))
                .isEqualTo(JsonObject.of());
    }

    @Test
    void aServerThatDoesNotAnswerIsAFailureAndTheOthersAreAnswered() {
        KeyedDevice own = KeyedDevice.withKeys(alice);
        federation.cut("red", "blue");
        JsonObject answer =
                alice.post(
                        "/_matrix/client/v3/keys/query",
                        JsonObject.of(
                                "timeout",
                                3_000,
                                "device_keys",
                                JsonObject.of(
                                        bob.userId(),
                                        JsonArray.of(),
                                        alice.userId(),
                                        JsonArray.of())));
        assertThat(answer.object("failures").orElseThrow().keys()).containsExactly("blue.test");
        assertThat(ofUser(answer, "device_keys", alice).keys()).containsExactly(own.id());
        assertThat(ofUser(answer, "device_keys", bob)).isNull();
    }

    @Test
    void eachOneTimeKeyIsGivenOnceThenTheFallbackKey() throws Exception {
        KeyedDevice device = KeyedDevice.withKeys(bob);
        device.uploadOneTimeKeys("a", "b", "c", "d", "e", "f", "g", "h");
        device.uploadFallbackKey("z");
        TestClient carol = federation.register("blue", "carol-k" + people);
        Set<String> given = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<JsonObject>> claims =
                    IntStream.range(0, 8)
                            .mapToObj(i ->
                                    threads.submit(
                                            () -> device.claimedBy(i % 2 == 0 ? alice : carol)))
                            .toList();
            for (Future<JsonObject> claim : claims) {
                assertThat(claim.get().size()).isEqualTo(1);
                given.addAll(claim.get().keys());
            }
        }
        assertThat(given).hasSize(8).noneMatch(name -> name.endsWith(":z"));
        assertThat(device.claimedBy(alice).keys()).containsExactly(KeyedDevice.ALGORITHM + ":z");
    }

    @Test
    void aClaimSaysWhichServersFailed() {
        KeyedDevice device = KeyedDevice.withKeys(bob);
        device.uploadOneTimeKeys("1");
        federation.cut("red", "blue");
        JsonObject answer =
                alice.post(
                        "/_matrix/client/v3/keys/claim",
                        JsonObject.of(
                                "timeout",
                                3_000,
                                "one_time_keys",
                                JsonObject.of(
                                        bob.userId(),
                                        JsonObject.of(device.id(), KeyedDevice.ALGORITHM))));
        assertThat(answer.object("failures").orElseThrow().keys()).containsExactly("blue.test");
        assertThat(answer.object("one_time_keys")).contains(JsonObject.of());
    }

    @Test
    void signsTheMasterKeysOfOthersElsewhereForItselfAlone() {
        CrossSigningKeys alices = new CrossSigningKeys(alice.userId());
        alice.post(UPLOAD, alices.all());
        CrossSigningKeys bobs = new CrossSigningKeys(bob.userId());
        bob.post(UPLOAD, bobs.all());
        String name = bobs.master.publicKey();
        JsonObject signed =
                alices.userSigning.sign(
                        bobs.masterKey(), alice.userId(), alices.userSigning.publicKey());
        JsonObject answer =
                alice.post(SIGN, JsonObject.of(bob.userId(), JsonObject.of(name, signed)));
        assertThat(answer.object("failures")).contains(JsonObject.of());
        assertThat(ofUser(KeyedDevice.query(alice, bob.userId()), "master_keys", bob))
                .isEqualTo(signed);
        TestClient carol = federation.register("red", "carol-s" + people);
        assertThat(ofUser(KeyedDevice.query(carol, bob.userId()), "master_keys", bob))
                .isEqualTo(bobs.masterKey());
        assertThat(ofUser(KeyedDevice.query(bob, bob.userId()), "master_keys", bob))
                .isEqualTo(bobs.masterKey());
    }

    @Test
    void keepsNothingOfWhoSharesNoRoom() {
        KeyedDevice.withKeys(bob);
        KeyedDevice.query(alice, bob.userId());
        long kept =
                federation
                        .server("red")
                        .database()
                        .read(tx ->
                                tx.only(
                                        "SELECT count(*) FROM devices.remote_user",
                                        row -> row.getLong(1)));
        assertThat(kept).isZero();
    }
}
