package org.valise.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.valise.protocol.json.JsonObject;
import org.valise.server.Link.Fate;
import org.valise.server.Link.Passage;
import org.valise.server.Link.Weather;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/// Devices come and go and are written to, over a network that cuts, loses, doubles and reorders,
/// between servers that are killed. When all is well again, who writes was told of every device and
/// knows it, and each message has come once, in order.
final class FaultyDevicesTest extends TwoServers {
    private static final int STEPS = 24;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whoWritesKnowsAllDevicesInTheEndWhateverTheNetworkDid(long seed) {
        Story story = new Story(seed);
        try {
            for (int step = 0; step < STEPS; step++) {
                story.step(step);
            }
        } finally {
            federation.heal();
        }
        story.requireAgreement();
    }

    /// Alice writes to Bob, who is at another server, and whose other devices come and go.
    private static final class Story {
        private final Random random;
        private final TestClient alice;
        private final TestClient bob;
        private final TreeMap<String, KeyedDevice> others = new TreeMap<>();
        private final List<String> sent = new ArrayList<>();
        private final Synced before;

        Story(long seed) {
            random = new Random(seed);
            alice = federation.register("red", "alice-" + seed);
            bob = federation.register("blue", "bob-" + seed);
            TestFederation.awaitReach(alice, bob);
            KeyedDevice.withKeys(bob);
            TestRoom room = TestRoom.open(alice);
            bob.post(
                    "/_matrix/client/v3/join/" + Synced.encoded(room.id()) + "?via=red.test",
                    JsonObject.of());
            before = Synced.initial(alice);
        }

        void step(int number) {
            switch (random.nextInt(10)) {
                case 0 -> federation.cut("red", "blue");
                case 1 -> federation.heal();
                case 2 -> crash("red");
                case 3 -> crash("blue");
                case 4, 5 -> federation.link("red", "blue").set(bad());
                case 6 -> federation.link("blue", "red").set(bad());
                case 7 -> logOutSomebody();
                default -> {
                    KeyedDevice device = KeyedDevice.withKeys(bob.onAnotherDevice());
                    others.put(device.id(), device);
                }
            }
            if (random.nextInt(3) == 0) {
                devicesOfBob();
            }
            say("m" + number);
        }

        private Weather bad() {
            Random own = new Random(random.nextLong());
            return () -> {
                synchronized (own) {
                    Fate fate =
                            own.nextInt(100) < 60
                                    ? Fate.DELIVERED
                                    : Fate.values()[own.nextInt(Fate.values().length)];
                    return new Passage(fate, Duration.ofMillis(own.nextInt(30)));
                }
            };
        }

        private static void crash(String server) {
            federation.crash(server);
            federation.start(server);
        }

        private void logOutSomebody() {
            if (!others.isEmpty()) {
                KeyedDevice gone = others.pollFirstEntry().getValue();
                gone.client().post("/_matrix/client/v3/logout", JsonObject.of());
            }
        }

        private void say(String body) {
            JsonObject content = JsonObject.of(bob.deviceId(), JsonObject.of("body", body));
            TestClient.Answer answer =
                    alice.send(
                            "PUT",
                            "/_matrix/client/v3/sendToDevice/m.test/" + body,
                            JsonObject.of("messages", JsonObject.of(bob.userId(), content)));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            sent.add(body);
        }

        private Set<String> devicesOfBob() {
            return Set.copyOf(
                    KeyedDevice.query(alice, bob.userId())
                            .object("device_keys")
                            .flatMap(users -> users.object(bob.userId()))
                            .orElse(JsonObject.of())
                            .keys());
        }

        void requireAgreement() {
            KeyedDevice last = KeyedDevice.withKeys(bob.onAnotherDevice());
            others.put(last.id(), last);
            others.put(bob.deviceId(), last);
            before.awaitChanged(alice, bob.userId(), () -> devicesOfBob().equals(others.keySet()));
            assertThat(FederatedToDeviceTest.received(bob, sent.size())).isEqualTo(sent);
        }
    }
}
