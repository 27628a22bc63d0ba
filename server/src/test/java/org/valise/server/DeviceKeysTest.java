package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Device keys, one-time keys and fallback keys over HTTP.
final class DeviceKeysTest {
    private static final String SYNC = "/_matrix/client/v3/sync";
    private static final String KEYS = "/_matrix/client/v3/keys/";
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-k" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-k" + people);
    private final KeyedDevice device = new KeyedDevice(alice);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void showsWhatWasUploadedWithTheDevicesName() {
        JsonObject keys = device.uploadIdentity();
        alice.send(
                "PUT",
                "/_matrix/client/v3/devices/" + alice.deviceId(),
                JsonObject.of("display_name", "Alice's \"phone\""));
        JsonObject seen = device.seenBy(bob);
        assertThat(seen.without("unsigned")).isEqualTo(keys);
        assertThat(seen.object("unsigned").orElseThrow())
                .isEqualTo(JsonObject.of("device_display_name", "Alice's \"phone\""));
    }

    @Test
    void showsOnlyTheDevicesThatWereAskedForAndNothingOfUnknownUsers() {
        device.uploadIdentity();
        KeyedDevice other = KeyedDevice.withKeys(alice.onAnotherDevice());
        JsonObject answer =
                bob.post(
                        KEYS + "query",
                        JsonObject.of(
                                "device_keys",
                                JsonObject.of(
                                        alice.userId(),
                                        JsonArray.of(other.id(), "NOSUCH"),
                                        bob.userId(),
                                        JsonArray.of(),
                                        "@nobody:localhost",
                                        JsonArray.of())));
        JsonObject devices = answer.object("device_keys").orElseThrow();
        assertThat(devices.object(alice.userId()).orElseThrow().keys()).containsExactly(other.id());
        assertThat(devices.object(bob.userId())).contains(JsonObject.of());
        assertThat(devices.has("@nobody:localhost")).isFalse();
        assertThat(answer.object("failures")).contains(JsonObject.of());
    }

    @Test
    void namesServersThatCannotBeReachedAsFailures() {
        JsonObject query = KeyedDevice.query(bob, "@carol:elsewhere.example");
        assertThat(query.object("failures").orElseThrow().keys())
                .containsExactly("elsewhere.example");
        JsonObject claim =
                bob.post(
                        KEYS + "claim",
                        JsonObject.of(
                                "one_time_keys",
                                JsonObject.of(
                                        "@carol:elsewhere.example",
                                        JsonObject.of("DEVICE", KeyedDevice.ALGORITHM))));
        assertThat(claim.object("failures").orElseThrow().keys())
                .containsExactly("elsewhere.example");
    }

    @Test
    void refusesKeysThatAreNotTheDevicesOwn() {
        JsonObject keys = device.deviceKeys();
        KeyedDevice bobs = new KeyedDevice(bob);
        assertThat(bobs.tryUpload("device_keys", keys).status()).isEqualTo(400);
        refused(keys.with("user_id", bob.userId()), "M_INVALID_PARAM");
        refused(keys.with("device_id", "OTHER"), "M_INVALID_PARAM");
        refused(keys.without("algorithms"), "M_BAD_JSON");
        refused(keys.without("keys"), "M_BAD_JSON");
        refused(keys.without("signatures"), "M_BAD_JSON");
        refused(keys.with("algorithms", "m.olm.v1"), "M_BAD_JSON");
        refused(keys.with("keys", JsonObject.of("ed25519:OTHER", "x")), "M_BAD_JSON");
        refused(
                keys.with(
                        "signatures", JsonObject.of(bob.userId(), JsonObject.of("ed25519:X", "y"))),
                "M_INVALID_PARAM");
        assertThat(device.seenBy(bob)).isNull();
    }

    private void refused(JsonObject keys, String errcode) {
        TestClient.Answer answer = device.tryUpload("device_keys", keys);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().string("errcode")).contains(errcode);
    }

    @Test
    void givesEachOneTimeKeyOnceInTheOrderOfTheUploads() {
        Map<String, JsonObject> second = device.uploadOneTimeKeys("z");
        Map<String, JsonObject> third = device.uploadOneTimeKeys("a");
        assertThat(device.claimedBy(bob)).isEqualTo(named("z", second.get("z")));
        assertThat(device.claimedBy(bob)).isEqualTo(named("a", third.get("a")));
        assertThat(device.claimedBy(bob)).isEqualTo(JsonObject.of());
    }

    private static JsonObject named(String id, JsonObject key) {
        return JsonObject.of(KeyedDevice.ALGORITHM + ":" + id, key);
    }

    @Test
    void takesTheSameKeyAgainAndRefusesAnotherUnderItsId() {
        JsonObject key = device.oneTimeKey();
        JsonObject keys = JsonObject.of(KeyedDevice.ALGORITHM + ":1", key);
        assertThat(count(device.upload("one_time_keys", keys))).isEqualTo(1);
        assertThat(count(device.upload("one_time_keys", keys))).isEqualTo(1);
        TestClient.Answer refusal =
                device.tryUpload(
                        "one_time_keys",
                        JsonObject.of(
                                KeyedDevice.ALGORITHM + ":1",
                                device.oneTimeKey(),
                                KeyedDevice.ALGORITHM + ":2",
                                device.oneTimeKey()));
        assertThat(refusal.status()).isEqualTo(400);
        assertThat(count(device.upload("one_time_keys", JsonObject.of()))).isEqualTo(1);
        assertThat(device.claimedBy(bob)).isEqualTo(keys);
    }

    @Test
    void neverGivesAKeyAgainThatIsUploadedAgainAfterTheClaim() {
        JsonObject keys = JsonObject.of(KeyedDevice.ALGORITHM + ":1", device.oneTimeKey());
        device.upload("one_time_keys", keys);
        assertThat(device.claimedBy(bob)).isEqualTo(keys);
        assertThat(count(device.upload("one_time_keys", keys))).isZero();
        assertThat(device.claimedBy(bob)).isEqualTo(JsonObject.of());
    }

    @Test
    void refusesOneTimeKeysWithoutSignatureOrWithSomebodyElses() {
        String name = KeyedDevice.ALGORITHM + ":1";
        JsonObject key = device.oneTimeKey();
        for (JsonObject bad :
                List.of(
                        JsonObject.of(name, key.without("signatures")),
                        JsonObject.of(name, key.without("key")),
                        JsonObject.of(name, "a string"),
                        JsonObject.of("nocolon", key),
                        JsonObject.of(name, new KeyedDevice(bob).oneTimeKey()))) {
            assertThat(device.tryUpload("one_time_keys", bad).status())
                    .as(bad.toString())
                    .isEqualTo(400);
        }
    }

    @Test
    void fallbackKeysStandInAndAreMarkedUsed() {
        JsonObject fallback = device.uploadFallbackKey("f1");
        device.uploadOneTimeKeys("1");
        JsonObject first = alice.get(SYNC).json();
        assertThat(unused(first)).containsExactly(KeyedDevice.ALGORITHM);
        assertThat(device.claimedBy(bob).keys()).containsExactly(KeyedDevice.ALGORITHM + ":1");
        assertThat(unused(alice.get(SYNC).json())).containsExactly(KeyedDevice.ALGORITHM);
        assertThat(device.claimedBy(bob)).isEqualTo(named("f1", fallback));
        assertThat(device.claimedBy(bob)).isEqualTo(named("f1", fallback));
        assertThat(unused(alice.get(SYNC).json())).isEmpty();
        device.upload("fallback_keys", named("f1", fallback));
        assertThat(unused(alice.get(SYNC).json())).isEmpty();
        device.uploadFallbackKey("f2");
        assertThat(unused(alice.get(SYNC).json())).containsExactly(KeyedDevice.ALGORITHM);
    }

    @Test
    void refusesTwoFallbackKeysForOneAlgorithm() {
        JsonObject two =
                JsonObject.of(
                        KeyedDevice.ALGORITHM + ":1",
                        device.fallbackKey(),
                        KeyedDevice.ALGORITHM + ":2",
                        device.fallbackKey());
        assertThat(device.tryUpload("fallback_keys", two).status()).isEqualTo(400);
    }

    @Test
    void everySyncTellsTheCountsAndUploadsAndClaimsWakeIt() throws Exception {
        JsonObject initial = alice.get(SYNC).json();
        assertThat(counts(initial)).isEqualTo(JsonObject.of(KeyedDevice.ALGORITHM, 0));
        assertThat(unused(initial)).isEmpty();
        String since = next(initial);
        JsonObject uploaded = polled(since, () -> device.uploadOneTimeKeys("1", "2", "3"));
        assertThat(counts(uploaded)).isEqualTo(JsonObject.of(KeyedDevice.ALGORITHM, 3));
        since = next(uploaded);
        JsonObject claimed = polled(since, () -> device.claimedBy(bob));
        assertThat(counts(claimed)).isEqualTo(JsonObject.of(KeyedDevice.ALGORITHM, 2));
        JsonObject idle = alice.get(SYNC + "?since=" + next(claimed)).json();
        assertThat(counts(idle)).isEqualTo(JsonObject.of(KeyedDevice.ALGORITHM, 2));
        device.claimedBy(bob);
        JsonObject exhausted = polled(next(idle), () -> device.claimedBy(bob));
        assertThat(counts(alice.get(SYNC + "?since=" + next(exhausted)).json()))
                .isEqualTo(JsonObject.of(KeyedDevice.ALGORITHM, 0));
        // Another device of the user has keys of its own.
        TestClient other = alice.onAnotherDevice();
        assertThat(counts(other.get(SYNC).json()))
                .isEqualTo(JsonObject.of(KeyedDevice.ALGORITHM, 0));
    }

    /// The answer of a poll that waits while something happens.
    private JsonObject polled(String since, Runnable happening) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TestClient.Answer> poll =
                    threads.submit(() -> alice.get(SYNC + "?timeout=18000&since=" + since));
            long begin = System.nanoTime();
            happening.run();
            JsonObject answer = poll.get().json();
            assertThat(System.nanoTime() - begin).isLessThan(15_000_000_000L);
            return answer;
        }
    }

    @Test
    void aDeviceThatIsLoggedOutHasNoKeysAnyMore() {
        KeyedDevice other = KeyedDevice.withKeys(alice.onAnotherDevice());
        other.uploadOneTimeKeys("1");
        other.uploadFallbackKey("f");
        other.client().post("/_matrix/client/v3/logout", JsonObject.of());
        assertThat(other.seenBy(bob)).isNull();
        assertThat(other.claimedBy(bob)).isEqualTo(JsonObject.of());
    }

    @Test
    void aDeviceThatIsDeletedHasNoKeysAnyMore() {
        KeyedDevice other = KeyedDevice.withKeys(alice.onAnotherDevice());
        other.uploadOneTimeKeys("1");
        String path = "/_matrix/client/v3/devices/" + other.id();
        String session =
                alice.send("DELETE", path, JsonObject.of()).json().string("session").orElseThrow();
        TestClient.Answer deleted =
                alice.send("DELETE", path, JsonObject.of("auth", alice.passwordProof(session)));
        assertThat(deleted.status()).as(deleted.body()).isEqualTo(200);
        assertThat(other.seenBy(bob)).isNull();
        assertThat(other.claimedBy(bob)).isEqualTo(JsonObject.of());
    }

    @Test
    void hidesNamesFromOthersWhereTheOperatorWantsIt() {
        try (TestServer discreet = TestServer.start(Map.of("devices.show_names", "false"))) {
            TestClient carol = TestClient.register(discreet, "carol");
            TestClient dave = TestClient.register(discreet, "dave");
            KeyedDevice carols = KeyedDevice.withKeys(carol);
            carol.send(
                    "PUT",
                    "/_matrix/client/v3/devices/" + carol.deviceId(),
                    JsonObject.of("display_name", "phone"));
            assertThat(carols.seenBy(dave).toString()).doesNotContain("phone");
            assertThat(carols.seenBy(carol).toString()).contains("phone");
        }
    }

    private static long count(JsonObject uploaded) {
        return uploaded.object("one_time_key_counts")
                .flatMap(counts -> counts.integer(KeyedDevice.ALGORITHM))
                .orElse(0L);
    }

    private static JsonObject counts(JsonObject sync) {
        return sync.object("device_one_time_keys_count").orElseThrow();
    }

    private static List<String> unused(JsonObject sync) {
        return sync.array("device_unused_fallback_key_types").orElseThrow().strings();
    }

    private static String next(JsonObject sync) {
        return sync.string("next_batch").orElseThrow();
    }
}
