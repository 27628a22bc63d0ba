package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonArray;
import org.valise.protocol.json.JsonObject;
import org.valise.server.TestClient.Answer;

import java.util.ArrayList;
import java.util.List;

/// Dehydrated devices (MSC3814) over HTTP.
final class DehydratedDeviceTest {
    private static final String PATH =
            "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device";
    private static final JsonObject DATA =
            JsonObject.of("algorithm", "m.dehydration.v2", "device_pickle", "encrypted");
    private static final TestServer SERVER = TestServer.start();
    private static int people;

    private final TestClient alice = TestClient.register(SERVER, "alice-y" + ++people);
    private final TestClient bob = TestClient.register(SERVER, "bob-y" + people);

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void isStoredAndGivenBackAndDeleted() {
        assertThat(refusal(alice.get(PATH))).isEqualTo("404 M_NOT_FOUND");
        assertThat(upload("DRY").json()).isEqualTo(JsonObject.of("device_id", "DRY"));
        assertThat(alice.get(PATH).json())
                .isEqualTo(JsonObject.of("device_id", "DRY", "device_data", DATA));
        assertThat(refusal(bob.get(PATH))).isEqualTo("404 M_NOT_FOUND");
        assertThat(alice.send("DELETE", PATH, JsonObject.of()).json())
                .isEqualTo(JsonObject.of("device_id", "DRY"));
        assertThat(refusal(alice.get(PATH))).isEqualTo("404 M_NOT_FOUND");
        assertThat(refusal(alice.send("DELETE", PATH, JsonObject.of())))
                .isEqualTo("404 M_NOT_FOUND");
    }

    @Test
    void othersSeeItsKeysAndClaimThem() {
        upload("DRY");
        JsonObject keys = KeyedDevice.query(bob, alice.userId());
        JsonObject device = device(keys, "DRY");
        assertThat(device.bool("dehydrated")).contains(true);
        assertThat(claim("DRY").keys()).containsExactly("signed_curve25519:one");
        assertThat(claim("DRY").keys()).containsExactly("signed_curve25519:back");
        upload("WET");
        JsonObject later = KeyedDevice.query(bob, alice.userId());
        assertThat(devices(later).keys()).containsExactly("WET");
        assertThat(claim("DRY").isEmpty()).isTrue();
        alice.send("DELETE", PATH, JsonObject.of());
        assertThat(devices(KeyedDevice.query(bob, alice.userId())).isEmpty()).isTrue();
    }

    @Test
    void keepsItsMessagesUntilItIsReplaced() {
        upload("DRY");
        for (int i = 0; i < 130; i++) {
            send("t" + i, i % 2 == 0 ? "DRY" : "*", "m" + i);
        }
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 130; i++) {
            all.add("m" + i);
        }
        String events = PATH + "/DRY/events";
        for (int round = 0; round < 2; round++) {
            JsonObject first = alice.get(events).json();
            assertThat(bodies(first)).isEqualTo(all.subList(0, 100));
            String next = first.string("next_batch").orElseThrow();
            JsonObject second = alice.get(events + "?from=" + next).json();
            assertThat(bodies(second)).isEqualTo(all.subList(100, 130));
            assertThat(second.has("next_batch")).isFalse();
        }
        upload("DRY");
        assertThat(bodies(alice.get(events).json())).isEmpty();
    }

    @Test
    void givesItsMessagesByPostAsOlderClientsAsk() {
        upload("DRY");
        send("t1", "DRY", "hello");
        String events = PATH + "/DRY/events";
        JsonObject first = alice.post(events, JsonObject.of());
        assertThat(bodies(first)).containsExactly("hello");
        JsonObject last =
                alice.post(
                        events,
                        JsonObject.of("next_batch", first.string("next_batch").orElseThrow()));
        assertThat(bodies(last)).isEmpty();
        assertThat(last.string("next_batch")).isPresent();
    }

    @Test
    void refusesOtherDevicesAndTokens() {
        upload("DRY");
        assertThat(refusal(alice.get(PATH + "/OTHER/events"))).isEqualTo("403 M_FORBIDDEN");
        assertThat(refusal(bob.get(PATH + "/DRY/events"))).isEqualTo("403 M_FORBIDDEN");
        assertThat(refusal(alice.get(PATH + "/DRY/events?from=x")))
                .isEqualTo("400 M_INVALID_PARAM");
    }

    @Test
    void refusesKeysOfAnotherDeviceAndIdsOfRealOnes() {
        JsonObject request = request("DRY");
        assertThat(refusal(put(request.with("device_id", "WET")))).isEqualTo("400 M_INVALID_PARAM");
        assertThat(refusal(put(request.without("device_keys")))).isEqualTo("400 M_MISSING_PARAM");
        assertThat(refusal(put(request.without("device_data")))).isEqualTo("400 M_MISSING_PARAM");
        assertThat(refusal(put(request(alice.deviceId())))).isEqualTo("400 M_INVALID_PARAM");
        assertThat(refusal(alice.get(PATH))).isEqualTo("404 M_NOT_FOUND");
    }

    private Answer upload(String id) {
        Answer answer = put(request(id));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private Answer put(JsonObject request) {
        return alice.send("PUT", PATH, request);
    }

    private JsonObject request(String id) {
        SigningPair identity = new SigningPair();
        JsonObject keys =
                identity.sign(
                        JsonObject.of(
                                "algorithms",
                                JsonArray.of("m.olm.v1.curve25519-aes-sha2"),
                                "dehydrated",
                                true,
                                "device_id",
                                id,
                                "keys",
                                JsonObject.of("ed25519:" + id, identity.publicKey()),
                                "user_id",
                                alice.userId()),
                        alice.userId(),
                        id);
        return JsonObject.of(
                "device_id",
                id,
                "device_data",
                DATA,
                "device_keys",
                keys,
                "one_time_keys",
                JsonObject.of("signed_curve25519:one", key(identity, id)),
                "fallback_keys",
                JsonObject.of("signed_curve25519:back", key(identity, id)));
    }

    private JsonObject key(SigningPair identity, String id) {
        return identity.sign(
                JsonObject.of("key", new SigningPair().publicKey()), alice.userId(), id);
    }

    private JsonObject claim(String device) {
        return bob.post(
                        "/_matrix/client/v3/keys/claim",
                        JsonObject.of(
                                "one_time_keys",
                                JsonObject.of(
                                        alice.userId(),
                                        JsonObject.of(device, "signed_curve25519"))))
                .object("one_time_keys")
                .flatMap(users -> users.object(alice.userId()))
                .flatMap(devices -> devices.object(device))
                .orElse(JsonObject.of());
    }

    private JsonObject devices(JsonObject query) {
        return query.object("device_keys")
                .flatMap(users -> users.object(alice.userId()))
                .orElse(JsonObject.of());
    }

    private JsonObject device(JsonObject query, String id) {
        return devices(query).object(id).orElseThrow();
    }

    private void send(String transaction, String device, String body) {
        Answer answer =
                bob.send(
                        "PUT",
                        "/_matrix/client/v3/sendToDevice/m.test/" + transaction,
                        JsonObject.of(
                                "messages",
                                JsonObject.of(
                                        alice.userId(),
                                        JsonObject.of(device, JsonObject.of("body", body)))));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    private static List<String> bodies(JsonObject answer) {
        return answer.array("events").orElseThrow().objects().stream()
                .map(event -> event.object("content").orElseThrow().string("body").orElseThrow())
                .toList();
    }

    private static String refusal(Answer answer) {
        return answer.status() + " " + answer.json().string("errcode").orElse("");
    }
}
