package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.valise.protocol.json.JsonObject;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/// Keys and device lists on two servers over one database.
final class TwoNodesKeysTest {
    private static final String SYNC = "/_matrix/client/v3/sync";
    private static final TestServer ONE = TestServer.start();
    private static final TestServer OTHER = ONE.secondNode();

    @AfterAll
    static void stop() {
        OTHER.close();
        ONE.close();
    }

    @Test
    void neverGivesAOneTimeKeyTwice() throws Exception {
        TestClient alice = TestClient.register(ONE, "alice1");
        TestClient bob = TestClient.register(ONE, "bob1");
        KeyedDevice device = KeyedDevice.withKeys(alice);
        int keys = 60;
        device.uploadOneTimeKeys(
                IntStream.range(0, keys).mapToObj(i -> "k" + i).toArray(String[]::new));
        List<String> given = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<JsonObject>> claims = new ArrayList<>();
            for (int i = 0; i < keys + 20; i++) {
                TestClient node = i % 2 == 0 ? bob : bob.at(OTHER);
                claims.add(threads.submit(() -> device.claimedBy(node)));
            }
            for (Future<JsonObject> claim : claims) {
                given.addAll(claim.get().keys());
            }
        }
        assertThat(given).hasSize(keys).doesNotHaveDuplicates();
    }

    @Test
    void theSameUploadToBothAtOnceIsOne() throws Exception {
        TestClient alice = TestClient.register(ONE, "alice2");
        KeyedDevice device = new KeyedDevice(alice);
        JsonObject keys = device.deviceKeys();
        JsonObject oneTime = JsonObject.of(KeyedDevice.ALGORITHM + ":1", device.oneTimeKey());
        JsonObject body = JsonObject.of("device_keys", keys, "one_time_keys", oneTime);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<JsonObject>> uploads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                TestClient node = i % 2 == 0 ? alice : alice.at(OTHER);
                uploads.add(
                        threads.submit(() -> node.post("/_matrix/client/v3/keys/upload", body)));
            }
            for (Future<JsonObject> upload : uploads) {
                assertThat(upload.get().object("one_time_key_counts"))
                        .contains(JsonObject.of(KeyedDevice.ALGORITHM, 1));
            }
        }
        assertThat(device.seenBy(alice.at(OTHER)).without("unsigned")).isEqualTo(keys);
    }

    @Test
    void wakesPollsOnTheOtherNode() throws Exception {
        TestClient alice = TestClient.register(ONE, "alice3");
        TestClient bob = TestClient.register(ONE, "bob3");
        TestClient there = alice.at(OTHER);
        String room =
                alice.post("/_matrix/client/v3/createRoom", JsonObject.of("preset", "public_chat"))
                        .string("room_id")
                        .orElseThrow();
        bob.post("/_matrix/client/v3/join/" + room.replace("!", "%21"), JsonObject.of());
        JsonObject listed =
                polled(there, next(there.get(SYNC).json()), () -> KeyedDevice.withKeys(bob));
        assertThat(listed.object("device_lists").orElseThrow().toString()).contains(bob.userId());
        KeyedDevice device = KeyedDevice.withKeys(alice);
        JsonObject uploaded =
                polled(
                        there,
                        next(there.get(SYNC).json()),
                        () -> device.uploadOneTimeKeys("1", "2"));
        assertThat(uploaded.object("device_one_time_keys_count"))
                .contains(JsonObject.of(KeyedDevice.ALGORITHM, 2));
        JsonObject claimed = polled(there, next(uploaded), () -> device.claimedBy(bob));
        assertThat(claimed.object("device_one_time_keys_count"))
                .contains(JsonObject.of(KeyedDevice.ALGORITHM, 1));
        bob.post("/_matrix/client/v3/logout", JsonObject.of());
        JsonObject gone = there.get(SYNC + "?timeout=18000&since=" + next(claimed)).json();
        assertThat(gone.object("device_lists").orElseThrow().toString()).contains(bob.userId());
    }

    private static JsonObject polled(TestClient client, String since, Runnable happening)
            throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<TestClient.Answer> poll =
                    threads.submit(() -> client.get(SYNC + "?timeout=18000&since=" + since));
            long begin = System.nanoTime();
            happening.run();
            JsonObject answer = poll.get().json();
            assertThat(System.nanoTime() - begin).isLessThan(15_000_000_000L);
            return answer;
        }
    }

    private static String next(JsonObject sync) {
        return sync.string("next_batch").orElseThrow();
    }
}
