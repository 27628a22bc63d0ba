package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.valise.protocol.json.JsonObject;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// The server, or PostgreSQL under it, is killed with -9 while one-time keys are claimed: none is
/// given twice.
final class KeysKillTest {
    private static final int KEYS = 3_000;
    private static final int CLAIMERS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String API = "/_matrix/client/v3/";

    @TempDir private Path folder;

    /// Names of keys that somebody was given.
    private final List<String> given = Collections.synchronizedList(new ArrayList<>());

    @Test
    void neverGivesAOneTimeKeyTwiceWhenKilled() throws Exception {
        ChildServer server = ChildServer.start(folder);
        String token = server.register("alice");
        JsonObject self = server.whoami(token);
        String user = self.string("user_id").orElseThrow();
        String device = self.string("device_id").orElseThrow();
        upload(server, token, user, device);
        for (int round = 0; round < 3; round++) {
            AtomicBoolean stop = new AtomicBoolean();
            List<Thread> claimers = new ArrayList<>();
            for (int i = 0; i < CLAIMERS; i++) {
                ChildServer running = server;
                claimers.add(
                        Thread.ofVirtual()
                                .start(() -> claimUntil(running, token, user, device, stop)));
            }
            awaitClaims(given.size() + 50);
            if (round == 1) {
                server.killPostgres();
                Thread.sleep(100);
            }
            server.kill();
            stop.set(true);
            for (Thread claimer : claimers) {
                claimer.join(Duration.ofSeconds(30));
            }
            server = ChildServer.start(folder);
        }
        int left = given.size();
        assertThat(claim(server, token, user, device)).isTrue();
        server.stop();
        assertThat(given).hasSizeGreaterThan(left).doesNotHaveDuplicates();
    }

    private void awaitClaims(int wanted) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (given.size() < wanted && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
    }

    private static void upload(ChildServer server, String token, String user, String device)
            throws IOException, InterruptedException {
        JsonObject signatures =
                JsonObject.of(user, JsonObject.of("ed25519:" + device, "c2lnbmF0dXJl"));
        for (int from = 0; from < KEYS; from += 500) {
            var keys = JsonObject.builder();
            for (int i = from; i < from + 500; i++) {
                keys.put(
                        KeyedDevice.ALGORITHM + ":" + i,
                        JsonObject.of("key", "key" + i, "signatures", signatures));
            }
            server.post(token, API + "keys/upload", JsonObject.of("one_time_keys", keys.build()));
        }
    }

    private void claimUntil(
            ChildServer server, String token, String user, String device, AtomicBoolean stop) {
        boolean alive = true;
        while (alive && !stop.get()) {
            try {
                alive = claim(server, token, user, device);
            } catch (IOException | InterruptedException | IllegalStateException e) {
                alive = false; // killed
            }
        }
    }

    /// @return whether a key was given
    private boolean claim(ChildServer server, String token, String user, String device)
            throws IOException, InterruptedException {
        JsonObject keys =
                server.post(
                                token,
                                API + "keys/claim",
                                JsonObject.of(
                                        "one_time_keys",
                                        JsonObject.of(
                                                user,
                                                JsonObject.of(device, KeyedDevice.ALGORITHM))))
                        .object("one_time_keys")
                        .flatMap(users -> users.object(user))
                        .flatMap(devices -> devices.object(device))
                        .orElse(JsonObject.of());
        given.addAll(keys.keys());
        return !keys.isEmpty();
    }
}
